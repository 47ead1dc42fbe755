/** What happened to a grant: written with the change itself in one transaction, published on the `dblease` bus. */
import type { DraftEvent } from "./draft.ts";
import type { FindingEvent } from "./finding.ts";
import type { Grant, GrantStatus, Instant } from "./grant.ts";
import type { RotationEvent } from "./rotation.ts";
import type { TokenEvent } from "./token.ts";

export type GrantEventName =
  | "GrantRequested"
  /** One of several approvals that are needed. */
  | "ApprovalGiven"
  | "GrantApproved"
  | "GrantDenied"
  | "GrantLapsed"
  | "GrantCancelled"
  | "GrantGranting"
  | "GrantActivated"
  | "GrantExtended"
  | "CredentialReplaced"
  | "GrantRevoking"
  | "GrantRevoked"
  | "GrantFailed"
  | "RevokeFailed"
  | "GrantQuarantined"
  /** A broken glass was looked at afterwards; or nobody has yet, and the time for it is over. */
  | "GrantReviewed"
  | "ReviewDue";

export interface GrantEvent {
  /** `<grant id>-<version>`: unique, and gapless per grant. */
  id: string;
  name: GrantEventName;
  at: Instant;
  version: number;
  /** Person name, or `dblease`. */
  actor: string;
  from?: GrantStatus;
  to: GrantStatus;
  /** The grant as this event left it, without what only workflows need. */
  grant: Omit<Grant, "wakeToken" | "lease" | "dueAt" | "database"> & { database: string };
}

/** Everything that dblease tells. */
export type DbleaseEvent = GrantEvent | DraftEvent | TokenEvent | FindingEvent | RotationEvent;
