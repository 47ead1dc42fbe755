/**
 * Names in Oracle's dictionary. What makes and ends users are texts that never change: names and passwords travel as
 * binds, and the server quotes them itself (block.ts). Text is composed here for standing roles alone, for plans and for
 * repairs; a name with a double quote, which Oracle does not have, is refused before it gets there.
 */
import { DbleaseError } from "../../errors.ts";
import type { Instant } from "../../grant.ts";

const ownPattern = /^[a-z][a-z0-9_]{0,29}$/;

/**
 * A user, role or job that dblease makes, as the dictionary has it: in upper case, so that a person may write it in any
 * case and without quotes. Throws BAD_NAME for anything that could need a second thought.
 */
export function ownName(name: string): string {
  if (ownPattern.test(name)) return name.toUpperCase();
  throw new DbleaseError("BAD_NAME", "a name that dblease makes is [a-z][a-z0-9_]{0,29}", {
    next: "shorten or rename the database id or the role in dblease.yaml",
  });
}

/** The dictionary's names in SQL. Throws BAD_NAME for what cannot be one. */
export function quoted(...parts: readonly string[]): string {
  return parts.map(quotedPart).join(".");
}

function quotedPart(name: string): string {
  if (name !== "" && !/["\0]/.test(name) && Buffer.byteLength(name) <= 128) return `"${name}"`;
  throw new DbleaseError("BAD_NAME", "a name of Oracle has 1 to 128 bytes and no double quotes", {
    next: "write it as DBA_OBJECTS has it",
  });
}

/** A text in SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** As people say it: plain names in lower case, as this server takes them in any case; others in quotes. */
export function spoken(name: string): string {
  return /^[A-Z][A-Z0-9_$#]*$/.test(name) ? name.toLowerCase() : `"${name}"`;
}

/** An instant as TO_TIMESTAMP in block.ts reads it. Throws RangeError for no instant. */
export function instant(at: Instant): string {
  return new Date(at).toISOString();
}

/** USER_ID of a user that was made by somebody. Throws RangeError for anything else: 0 is SYS. */
export function userId(value: string): number {
  if (/^[1-9][0-9]{0,9}$/.test(value)) return Number(value);
  throw new RangeError("a user id is a number above zero");
}
