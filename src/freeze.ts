/**
 * The incident switch (dangers 24): what is frozen gets no new access and no extension until a second person lifts it.
 * A freeze closes the door; open grants are ended by revoking them.
 */
import type { Instant } from "./grant.ts";

/** `all`, `database/<id>` or `requester/<person name>`. */
export type FreezeScope = string;

export const freezeScopePattern = /^(all|database\/[a-z0-9-]{1,60}|requester\/[\w+=,.@/-]{1,128})$/;

export interface Freeze {
  scope: FreezeScope;
  /** Person id and name. */
  by: { id: string; name: string };
  reason: string;
  at: Instant;
  liftedBy?: { id: string; name: string };
  liftedAt?: Instant;
}

/** The scopes that close a grant of this requester on this database. */
export function scopesOf(databaseId: string, requesterName: string): FreezeScope[] {
  return ["all", `database/${databaseId}`, `requester/${requesterName}`];
}
