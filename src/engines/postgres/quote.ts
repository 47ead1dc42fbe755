/** The one place where values become SQL text; the quoting itself is pg's own. */
import { escapeIdentifier, escapeLiteral } from "pg";
import { DbleaseError } from "../../errors.ts";
import type { Instant } from "../../grant.ts";

const ownPattern = /^[a-z][a-z0-9_]{0,29}$/;

/** Name of a role that dblease makes. Throws BAD_NAME for anything that could need a second thought. */
export function ownName(name: string): string {
  if (ownPattern.test(name)) return escapeIdentifier(name);
  throw new DbleaseError("BAD_NAME", "a name that dblease makes is [a-z][a-z0-9_]{0,29}", {
    next: "shorten or rename the database id or the role in dblease.yaml",
  });
}

/** Name that somebody else gave: a schema, a table, a column, an admin. Any characters. */
export function theirName(...parts: readonly string[]): string {
  return parts.map(escapeIdentifier).join(".");
}

export function literal(text: string): string {
  return escapeLiteral(text);
}

/** An instant with its zone, so that the session's TimeZone changes nothing. Throws RangeError for no instant. */
export function instant(at: Instant): string {
  return literal(new Date(at).toISOString());
}

/** An OID as text, as pg reads it. Throws RangeError for anything but digits. */
export function oid(value: string): string {
  if (/^[0-9]{1,10}$/.test(value)) return value;
  throw new RangeError("an OID is a number");
}
