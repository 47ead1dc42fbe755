/** Small pieces that several pages are made of. */
import type { GrantStatus, Instant } from "../../src/grant.ts";
import type { FindingView } from "../../src/views.ts";
import { clockTime } from "../time-text.ts";
import { type Child, type Html, html } from "./html.ts";

/** Words of people and databases: writing from right to left must not reach beyond them. */
export function said(text: string | undefined): Html {
  return html`<bdi>${text}</bdi>`;
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

export function time(instant: Instant, now: Date): Html {
  return html`<time datetime="${instant}">${clockTime(instant, now)}</time>`;
}

export function grantLink(id: string): Html {
  return html`<a href="grant?id=${encodeURIComponent(id)}">${id}</a>`;
}

const moods: Readonly<Record<GrantStatus, "good" | "waiting" | "bad" | "over">> = {
  requested: "waiting",
  approved: "waiting",
  granting: "waiting",
  active: "good",
  revoking: "waiting",
  revoked: "over",
  denied: "over",
  lapsed: "over",
  cancelled: "over",
  grant_failed: "bad",
  revoke_failed: "bad",
  quarantined: "bad",
};

/** Class of what is drawn for a status; the word always stands beside it. */
export function mood(status: GrantStatus): string {
  return moods[status];
}

export function statusWord(status: GrantStatus): Html {
  return html`<span class="status ${mood(status)}">${status}</span>`;
}

/** Whether somebody's word about a finding still stands. */
export function isAcknowledged({ acknowledged }: FindingView, now: Date): boolean {
  return acknowledged !== undefined && acknowledged.until > now.toISOString();
}

/** A table that scrolls by itself where it is wider than the window; without rows the sentence instead. */
export function dataTable(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly Child[])[],
  nothing: string,
): Html {
  if (rows.length === 0) return html`<p>${nothing}</p>`;
  const cells = ([first, ...rest]: readonly Child[]) =>
    html`<tr><th scope="row">${first}</th>${rest.map((it) => html`<td>${it}</td>`)}</tr>`;
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map((it) => html`<th scope="col">${it}</th>`)}</tr></thead>
<tbody>${rows.map(cells)}</tbody>
</table></div>`;
}

/** Names and their values; what is undefined is left out. */
export function factList(facts: readonly (readonly [name: string, value: Child])[]): Html {
  const known = facts.filter(([, value]) => value !== undefined);
  return html`<dl>${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** What an answer can not know. */
export function unknownList(unknown: readonly string[]): Html {
  const once = [...new Set(unknown)];
  if (once.length === 0) return html``;
  return html`<section aria-labelledby="unknown"><h2 id="unknown">What this page can not know</h2>
<ul>${once.map((it) => html`<li>${it}</li>`)}</ul></section>`;
}
