/** AWS records neither the signing of a token nor a login by it: this record is the only one. */
import type { ErrorCode } from "./errors.ts";
import type { GrantId, Instant } from "./grant.ts";

export interface TokenEvent {
  /** `<grant id>-<instant>-<8 characters>`. */
  id: string;
  name: "TokenIssued" | "TokenRefused";
  at: Instant;
  /** Who asked for it. */
  actor: string;
  token: {
    grantId: GrantId;
    database: string;
    username: string;
    /** Of an issued token: where it opens the door, until when, and the SHA-256 by which a token that is found is known again. */
    issued?: { host: string; port: number; resourceId: string; until: Instant; sha256: string };
    /** Of a refused one. */
    refused?: { code: ErrorCode; sentence: string };
  };
}
