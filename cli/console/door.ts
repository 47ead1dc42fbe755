/**
 * Who may come in (docs/console.md). A server on loopback is open to every program and every user of the machine, and
 * to every web page by the browser: so paths begin with a secret, and what a browser says of the sender is checked.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

export interface House {
  /** `http://127.0.0.1:<port>`. */
  origin: string;
  /** First part of every path. Not a cookie: browsers send those to every port of a host, whoever listens there. */
  secret: string;
  /** Path of the printed address, which leads to the secret once: what opens a browser may show it to other users. */
  entry: string;
}

export interface Knock {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
}

export interface Refusal {
  status: 403 | 404 | 405 | 415 | 421;
  sentence: string;
}

export interface Guest {
  /** Name of a page, without the secret. */
  page: string;
  query: URLSearchParams;
  /** Asks for a change; everything else only reads. */
  isPost: boolean;
}

/** Came by the printed address. */
export type Newcomer = "newcomer";

function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function refuse(status: Refusal["status"], sentence: string): Refusal {
  return { status, sentence };
}

/** What keeps a change of somebody else's page out, even if that page knew the address. */
function postRefusal({ headers }: Knock, { origin }: House): Refusal | undefined {
  if (headers.origin !== origin) return refuse(403, "A change must come from this page itself.");
  const type = headers["content-type"]?.split(";")[0];
  return type === "application/x-www-form-urlencoded" ? undefined : refuse(415, "A change comes by a form.");
}

/** Lets in who was given the address, from a browser that says nobody else sent it. */
export function enter(knock: Knock, house: House): Guest | Newcomer | Refusal {
  // Another name for 127.0.0.1 is a page of somebody who rebinds theirs (DNS rebinding).
  if (knock.headers.host !== new URL(house.origin).host)
    return refuse(421, "This page answers at 127.0.0.1 only, as `dblease console` has printed it.");
  const [path = "", query] = knock.url.split("?", 2);
  const [, first = "", page, ...deeper] = path.split("/");
  const isRight =
    page === undefined ? isSame(first, house.entry) : deeper.length === 0 && isSame(first, house.secret);
  if (!isRight)
    return refuse(404, "Nothing is here. The address is the one that `dblease console` has printed.");
  const from = knock.headers["sec-fetch-site"];
  if (from !== undefined && from !== "none" && from !== "same-origin")
    return refuse(403, "Another page sent you here. Paste the address into the browser yourself.");
  if (page === undefined)
    return knock.method === "GET" ? "newcomer" : refuse(405, "This address is opened by GET.");
  const isPost = knock.method === "POST";
  if (!isPost && knock.method !== "GET" && knock.method !== "HEAD")
    return refuse(405, "This page is read by GET and changed by POST.");
  const refusal = isPost ? postRefusal(knock, house) : undefined;
  return refusal ?? { page, query: new URLSearchParams(query), isPost };
}

/** On every answer. `same-origin`, since with `no-referrer` browsers would hide the origin of our own forms. */
export const headers: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};
