import type { Api } from "./api.ts";
import type { PasswordStore } from "./password-store.ts";
import type { Output } from "./terminal.ts";

/** What a command may use. It prints nothing on `data` itself; see outcome.ts. */
export interface Context {
  api: Api;
  passwords: PasswordStore;
  /** stdout, for styling the text of an outcome. */
  data: Output;
  /** stderr: progress and remarks. */
  words: Output;
  /** The caller wants the machine form. */
  json: boolean;
  env: NodeJS.ProcessEnv;
  now: () => Date;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}
