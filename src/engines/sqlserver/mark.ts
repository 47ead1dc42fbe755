/**
 * What makes a login ours: its security identifier, 16 bytes of a digest of installation and grant id, written by the
 * very CREATE LOGIN that makes it. No statement changes a SID; it survives a rename; every database user of the login
 * carries the same one, also when the login is gone; and sys.dm_exec_sessions shows it for each session. Whoever may
 * choose a SID may end any login anyway (ALTER ANY LOGIN).
 */
import { createHash } from "node:crypto";
import type { Instant } from "../../grant.ts";
import type { Marker } from "../engine.ts";
import { markerText } from "../marker-text.ts";

/** Throws BAD_NAME where installation and grant id could not be told apart again. */
export function sidOf(marker: Marker): string {
  return sidOfText(markerText(marker));
}

/** The SID of a text like `dblease:<installation>:<grant id>`. */
export function sidOfText(text: string): string {
  return `0x${createHash("sha256").update(text).digest("hex").slice(0, 32).toUpperCase()}`;
}

/** Name of the extended property on the database user. */
export const property = "dblease";

/**
 * Marker and expiry in words, for people and for `list`: an extended property of the database user. It is a note: it
 * counts only while the SID agrees with it, and nothing in the server ends an access by it.
 */
export function noteOf(marker: Marker, expiresAt: Instant): string {
  return `${noteBegins(marker)}${new Date(expiresAt).toISOString()}`;
}

/** How the note of this grant begins, whatever its expiry. */
export function noteBegins(marker: Marker): string {
  return `${markerText(marker)} `;
}

export function readNote(note: string): { label: string; until: Instant } | undefined {
  const [label, until] = note.split(" ");
  return label === undefined || until === undefined ? undefined : { label, until };
}
