/**
 * The one place where values become SQL text; the quoting itself is mysql2's own, from the module that mysql2 takes it
 * from: the API shows plans and needs no driver. It holds because connect/mysql.ts sets the session's sql_mode and
 * character set, whatever the server has as its default.
 */
import { escapeId, escape as escapeLiteral } from "sql-escaper";
import { DbleaseError } from "../../errors.ts";
import type { Instant } from "../../grant.ts";

const ownPattern = /^[a-z][a-z0-9_]{0,29}$/;

/** Name of a user, role or event that dblease makes. Throws BAD_NAME for anything that could need a second thought. */
export function ownName(name: string): string {
  if (ownPattern.test(name)) return escapeId(name);
  throw new DbleaseError("BAD_NAME", "a name that dblease makes is [a-z][a-z0-9_]{0,29}", {
    next: "shorten or rename the database id or the role in dblease.yaml",
  });
}

/** Name that somebody else gave: a schema, a table, a column. Any characters. */
export function theirName(...parts: readonly string[]): string {
  return parts.map((part) => escapeId(part, true)).join(".");
}

/** `_`, `%` and the backslash in a schema's name are wildcards in GRANT ... ON schema.*; this pattern means one schema. */
export function schemaPattern(schema: string): string {
  return schema.replace(/[\\_%]/g, "\\$&");
}

export function literal(text: string): string {
  return escapeLiteral(text);
}

/** `'user'@'host'`, as the server lists it. */
export function accountName(user: string, host: string): string {
  return `${literal(user)}@${literal(host)}`;
}

/** The account that dblease makes: from every host, with TLS. Throws BAD_NAME. */
export function ownAccount(username: string): string {
  ownName(username);
  return accountName(username, "%");
}

/** An instant in UTC, which is every admin session's time zone. Throws RangeError for no instant. */
export function instant(at: Instant, digits: 0 | 3 = 3): string {
  const text = new Date(at).toISOString();
  return literal(`${text.slice(0, 10)} ${text.slice(11, digits === 3 ? 23 : 19)}`);
}

/** A number that the server gave, as text. Throws RangeError for anything but digits. */
export function digits(value: string): string {
  if (/^[0-9]{1,19}$/.test(value)) return value;
  throw new RangeError("a number of the server has digits only");
}
