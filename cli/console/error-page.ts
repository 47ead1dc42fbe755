import { html } from "./html.ts";
import type { Page } from "./visit.ts";

export interface Sentences {
  code: string;
  message: string;
  next: string;
}

const statuses: Readonly<Record<string, number>> = {
  USAGE: 400,
  BAD_REQUEST: 400,
  NOT_SIGNED_IN: 403,
  NOT_ALLOWED: 403,
  REFUSED: 403,
  FROZEN: 403,
  OWN_REQUEST: 403,
  NOT_FOUND: 404,
  WRONG_STATUS: 409,
  CONFLICT: 409,
  TOO_MANY: 429,
  UNAVAILABLE: 502,
};

/** What went wrong and what to do, with its status. */
export function errorPage({ code, message, next }: Sentences): Page & { status: number } {
  const main = html`<p role="alert">${message}.</p>
<p>Next: ${next}</p>
<p><a href="./">Back to Now</a></p>`;
  return { title: `Not done: ${code}`, main, status: statuses[code] ?? 500 };
}
