/**
 * One of dblease's own events as an audit event. They come from the table's stream and never from a bus, where anybody
 * could put one (dangers 9). The whole event stays where it was written; here is what questions ask by.
 */
import { createHash } from "node:crypto";
import type { DbleaseEvent, GrantEvent } from "../events.ts";
import type { Freeze } from "../freeze.ts";
import type { AuditActor, AuditEvent, Fact } from "./audit-event.ts";

/** The incident switch, as freezes.ts writes it. */
interface FreezeEvent {
  name: "Frozen" | "FreezeLifted";
  at: string;
  freeze: Freeze;
}

export type OwnEvent = DbleaseEvent | FreezeEvent;

type Told = Omit<AuditEvent, "id" | "at" | "origin" | "name" | "actor" | "facts"> & {
  actor?: AuditActor;
  facts: Record<string, Fact | undefined>;
};

/** Everybody whom the grant remembers, by the name that the event calls its actor. */
function actorIn({ actor, grant }: GrantEvent): AuditActor {
  const known = [grant.requester, ...grant.approvals, grant.denial, grant.breakGlass?.review];
  const found = known.find((it) => it?.name === actor);
  if (!found) return { name: actor };
  return { name: actor, id: found.id, ...(found.principal ? { arn: found.principal.arn } : {}) };
}

function ofGrant(event: GrantEvent): Told {
  const { grant } = event;
  const { id: grantId, database, requester, role, rule, username, expiresAt } = grant;
  return {
    actor: actorIn(event),
    database,
    grantId,
    subject: requester.id,
    facts: { requester: requester.name, role, rule, username, status: grant.status, expiresAt },
  };
}

function told(event: OwnEvent): Told | undefined {
  if ("grant" in event) return ofGrant(event);
  if ("token" in event) {
    const { grantId, database, username, refused } = event.token;
    const attempt = refused ? { attempt: { code: refused.code } } : {};
    return { grantId, database, ...attempt, facts: { username } };
  }
  if ("finding" in event) {
    const { database, kind, what, grantId } = event.finding;
    return { database, ...(grantId ? { grantId } : {}), facts: { kind, what: what.slice(0, 300) } };
  }
  if ("rotation" in event) {
    const { id: rotation, secret, database, user, status, failure } = event.rotation;
    return { secret, database, facts: { rotation, user, status, failure: failure?.code } };
  }
  if ("draft" in event) {
    const { id: grantId, database, person, role } = event.draft;
    return { grantId, database, facts: { person, role } };
  }
  if ("freeze" in event) {
    const { scope, by, liftedBy } = event.freeze;
    const database = /^database\/(.+)$/.exec(scope)?.[1];
    return { actor: liftedBy ?? by, ...(database ? { database } : {}), facts: { scope } };
  }
  return undefined;
}

/** Sort keys hold 1,024 bytes: of what a finding is about, a hash tells as well that it is the same. */
function idOf(event: OwnEvent): string {
  const id = "freeze" in event ? `freeze/${event.freeze.scope}/${event.at}` : event.id;
  return Buffer.byteLength(id) <= 512 ? id : createHash("sha256").update(id).digest("hex");
}

/** @returns undefined for an event of a kind that is not known here: that must not hold up those after it. */
export function fromDblease(event: OwnEvent): AuditEvent | undefined {
  const it = told(event);
  if (!it) return undefined;
  const { name, at } = event;
  const { actor, facts, ...rest } = it;
  const all = Object.entries(facts).filter((entry): entry is [string, Fact] => entry[1] !== undefined);
  return {
    id: idOf(event),
    at,
    origin: "dblease",
    name,
    actor: actor ?? { name: "actor" in event ? event.actor : "dblease" },
    ...rest,
    facts: Object.fromEntries(all),
  };
}
