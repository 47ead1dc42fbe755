/** What happened at an instant, as small shapes; the same ones in the legend. */
import type { Instant } from "../../src/grant.ts";
import { clockTime } from "../time-text.ts";
import { type Html, html } from "./html.ts";
import { type Period, percent, placeOf } from "./lane.ts";
import type { TimelineEntry } from "./timeline-entries.ts";

const shapes = {
  request: html`<path d="M0 4V18"/>`,
  approval: html`<path d="M-5 9L-1 13L6 4"/>`,
  denial: html`<path d="M-4 5L4 15M4 5L-4 15"/>`,
  token: html`<circle r="3" cy="3"/>`,
} as const;

type Kind = keyof typeof shapes;

function mark(at: Instant, kind: Kind, title: string, period: Period): Html | undefined {
  const x = placeOf(at, period);
  return x === undefined
    ? undefined
    : html`<svg class="mark ${kind}" x="${percent(x)}" width="1" height="20" overflow="visible"><title>${title}</title>${shapes[kind]}</svg>`;
}

/** When it was asked for, decided, and used. */
export function marksOf({ grant, tokens }: TimelineEntry, period: Period, now: Date): Html {
  const when = (at: Instant) => clockTime(at, now);
  return html`${mark(grant.requestedAt, "request", `${grant.requester} asked at ${when(grant.requestedAt)}`, period)}
${grant.approvals.map((it) => mark(it.at, "approval", `${it.name} approved at ${when(it.at)}`, period))}
${grant.denial && mark(grant.denial.at, "denial", `${grant.denial.name} denied at ${when(grant.denial.at)}`, period)}
${tokens.map((at) => mark(at, "token", `login token at ${when(at)}`, period))}`;
}

/** What the shapes mean. */
export function legend(): Html {
  const sample = (drawing: Html) => html`<svg width="26" height="20" aria-hidden="true">${drawing}</svg>`;
  const shape = (kind: Kind) =>
    sample(
      html`<svg class="mark ${kind}" x="12" width="1" height="20" overflow="visible">${shapes[kind]}</svg>`,
    );
  return html`<ul class="legend">
<li>${sample(html`<rect class="bar over" y="2" width="24" height="16" rx="3"/>`)} a grant, from its beginning to its end</li>
<li>${sample(html`<rect class="session" y="8" width="24" height="5"/>`)} a session</li>
<li>${shape("request")} a request</li>
<li>${shape("approval")} an approval</li>
<li>${shape("denial")} a denial</li>
<li>${shape("token")} a login token</li>
<li>${sample(html`<rect class="finding new" y="2" width="24" height="16"/>`)} a finding</li>
<li>${sample(html`<rect class="finding known" x="1" y="3" width="22" height="14"/>`)} an acknowledged finding</li>
</ul>`;
}
