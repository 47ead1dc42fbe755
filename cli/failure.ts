import type { ErrorCode } from "../src/errors.ts";

/** Causes that only the command line knows, next to those of the API. */
type OwnCode = "USAGE" | "PENDING" | "NO_ACTIVE_GRANT" | "INTERRUPTED";

/** Why a command did not do what it was asked: a code, one sentence, the next step. The same three stand in `--json`. */
export class Failure extends Error {
  readonly code: ErrorCode | OwnCode;
  readonly next: string;

  constructor(code: ErrorCode | OwnCode, sentence: string, next: string) {
    super(sentence);
    this.name = "Failure";
    this.code = code;
    this.next = next;
  }
}
