/**
 * A wish that came in as an event. Whoever may put events could name anybody, so it gives nothing by itself: it lies
 * there until the named person claims it by a signed call, and the rules decide about that person then (dangers 9).
 */
import type { GrantId, Instant } from "./grant.ts";

export interface Draft {
  /** Becomes the id of the grant that it is claimed as. */
  id: GrantId;
  /** `source` of the event. */
  source: string;
  /** Name of the person who may claim it. */
  person: string;
  database: string;
  role: string;
  durationSeconds?: number;
  reason: string;
  ticket?: string;
  madeAt: Instant;
  /** From then on it cannot be claimed any more. */
  claimBy: Instant;
  claimedAt?: Instant;
}

/** Written with the draft in one transaction, at the place before the grant's first event. */
export interface DraftEvent {
  /** `<draft id>-0`. */
  id: string;
  name: "AccessDrafted";
  at: Instant;
  version: 0;
  /** `source` of the event that made it. */
  actor: string;
  draft: Draft;
}

/** Seconds in which a draft can be claimed. */
const claimSeconds = 86_400;

export function claimBy(madeAt: Date): Instant {
  return new Date(madeAt.getTime() + claimSeconds * 1000).toISOString();
}

export function isClaimable(draft: Pick<Draft, "claimBy" | "claimedAt">, now: Date): boolean {
  return draft.claimedAt === undefined && Date.parse(draft.claimBy) > now.getTime();
}
