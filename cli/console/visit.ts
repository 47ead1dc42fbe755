import type { Api } from "../api.ts";
import { Failure } from "../failure.ts";
import type { Html } from "./html.ts";

/** What a page may ask: nothing in here changes anything. */
export type Reading = Pick<
  Api,
  | "grants"
  | "grant"
  | "databases"
  | "findings"
  | "rotations"
  | "auditGrant"
  | "auditWho"
  | "auditPerson"
  | "auditPasswords"
>;

/** What a page may use. */
export interface Visit {
  api: Reading;
  now: Date;
  query: URLSearchParams;
  /** The one-time token of a form. */
  token(deed: string): string;
}

export interface Page {
  title: string;
  main: Html;
}

/** An answer, or undefined where this person may not ask. */
export async function ifAllowed<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Failure && error.code === "NOT_ALLOWED") return undefined;
    throw error;
  }
}
