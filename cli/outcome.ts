import type { ExitCode } from "./exit-code.ts";

/**
 * What a command hands back instead of printing: the runner alone writes, so data and words cannot get mixed.
 * A command that has data but did not reach its aim (still pending, residue, a failed check) says so by `exit`.
 */
export interface Outcome {
  /** For `--json`, inside `{"data": ...}`. */
  data: unknown;
  /** The same for people, on stdout; empty: nothing to print. */
  text: string;
  /** A last remark on stderr, in both forms of output. */
  words?: string;
  exit?: ExitCode;
  /** What goes on once all that is printed, of a command that serves until it is ended. */
  goesOn?: () => Promise<void>;
}
