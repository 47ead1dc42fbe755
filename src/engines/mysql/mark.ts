/**
 * What makes a user ours on servers that keep no comment on accounts (MariaDB, MySQL before 8.0.21), and on all others
 * alike: three resource limits of the account itself, written by the very statement that makes it.
 *
 * Queries and updates an hour are 62 bits of a digest of installation and grant id; each is above two thousand million,
 * so it limits nothing. Connections an hour is the second of the deadline of the attempt that made the user: it tells a
 * user from another one that was made later under the same name. Only CREATE USER or GRANT OPTION for everything lets
 * anybody write them; a user cannot change its own.
 */
import { createHash } from "node:crypto";
import { DbleaseError } from "../../errors.ts";
import type { Instant } from "../../grant.ts";
import type { Marker } from "../engine.ts";
import { markerText } from "../marker-text.ts";

export interface Mark {
  queries: number;
  updates: number;
}

/** Throws BAD_NAME where installation and grant id could not be told apart again. */
export function markOf(marker: Marker): Mark {
  return markOfText(markerText(marker));
}

/** The mark of a text like `dblease:<installation>:<grant id>`. */
export function markOfText(text: string): Mark {
  const digest = createHash("sha256").update(text).digest();
  return { queries: aboveTheReal(digest.readUInt32BE(0)), updates: aboveTheReal(digest.readUInt32BE(4)) };
}

function aboveTheReal(bits: number): number {
  return (bits | 0x8000_0000) >>> 0;
}

/** Number of the user that an attempt with this deadline makes. Throws RangeError for no instant. */
export function userNumber(deadline: Instant): number {
  return Math.floor(Date.parse(new Date(deadline).toISOString()) / 1000);
}

/**
 * The marker in words: comment of the user's event, where people and `list` read it. It counts only while the
 * account's own mark agrees with it. MariaDB cuts a comment after 64 characters. Throws BAD_NAME.
 */
export function labelOf(marker: Marker): string {
  const text = markerText(marker);
  if (text.length <= 64) return text;
  throw new DbleaseError("BAD_NAME", "installation and grant id are more than 64 characters together", {
    next: "give the installation a shorter name",
  });
}
