import { version } from "../version.ts";
import { type Html, html } from "./html.ts";
import type { Page } from "./visit.ts";

const places = [
  ["./", "Now"],
  ["timeline", "Timeline"],
  ["findings", "Findings"],
  ["passwords", "Passwords"],
] as const;

function zone(now: Date): string {
  const minutes = -now.getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes > 0 ? "+" : "−"}${two(hours)}:${two(rest)}`;
}

/** A whole document. All links are beside each other, so that the address's secret stands in none of them. */
export function framed({ title, main }: Page, here: string, now: Date): Html {
  const nav = places.map(([href, name]) =>
    href === here
      ? html`<li><a href="${href}" aria-current="page">${name}</a></li>`
      : html`<li><a href="${href}">${name}</a></li>`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · dblease</title>
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="style.css">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><strong>dblease</strong><nav aria-label="Pages"><ul>${nav}</ul></nav></header>
<main id="main" tabindex="-1">
<h1>${title}</h1>
${main}
</main>
<footer>As of <time datetime="${now.toISOString()}">${now.toLocaleTimeString("en-GB")}</time>, times in ${zone(now)}.
Load the page again to look again. dblease ${version}</footer>
</body>
</html>
`;
}
