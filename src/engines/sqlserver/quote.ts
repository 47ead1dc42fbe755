/**
 * The one place where values become SQL text. The driver has no quoting of its own; these are the rules of QUOTENAME and
 * of character constants ("Database identifiers", "Constants"), which no setting of a session changes.
 */
import { DbleaseError } from "../../errors.ts";
import type { Instant } from "../../grant.ts";

const ownPattern = /^[a-z][a-z0-9_]{0,29}$/;

/** Name of a login, user or role that dblease makes. Throws BAD_NAME for anything that could need a second thought. */
export function ownName(name: string): string {
  if (ownPattern.test(name)) return `[${name}]`;
  throw new DbleaseError("BAD_NAME", "a name that dblease makes is [a-z][a-z0-9_]{0,29}", {
    next: "shorten or rename the database id or the role in dblease.yaml",
  });
}

/** Name that somebody else gave: a database, a schema, a table, a column. Any characters. */
export function theirName(...parts: readonly string[]): string {
  return parts.map((part) => `[${part.replaceAll("]", "]]")}]`).join(".");
}

export function literal(text: string): string {
  return `N'${text.replaceAll("'", "''")}'`;
}

export function list(texts: readonly string[]): string {
  return `(${[...texts.map(literal), "NULL"].join(", ")})`;
}

/** An instant in UTC as SYSUTCDATETIME() is compared with it; in this form no language setting reads it otherwise. */
export function instant(at: Instant): string {
  return literal(new Date(at).toISOString().slice(0, 23));
}
