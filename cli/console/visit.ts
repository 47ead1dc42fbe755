import type { Api } from "../api.ts";
import { Failure } from "../failure.ts";
import type { Html } from "./html.ts";

/** What a page may use. Reading is all it does with the API. */
export interface Visit {
  api: Api;
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
