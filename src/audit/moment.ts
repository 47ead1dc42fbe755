/** Our own events as a person tells them. */
import { approvalText } from "../approval-text.ts";
import { durationText } from "../duration.ts";
import type { GrantEvent } from "../events.ts";
import { isClean, type Receipt } from "../receipt.ts";
import type { TokenEvent } from "../token.ts";
import type { Moment } from "./answer.ts";
import type { AuditEvent } from "./audit-event.ts";

const because = (reason: string | undefined) => (reason ? `: “${reason}”` : "");

const endings = {
  expiry: "time was up",
  person: "ended early",
  failure: "access could not be given",
  sweeper: "ended by the sweeper",
  replacement: "its server was replaced",
} as const;

function receiptSentence(receipt: Receipt | undefined): string {
  if (!receipt) return "closed without a receipt";
  const verdict = isClean(receipt)
    ? `${receipt.username} is gone: no user, session, privilege, object or prepared transaction was found`
    : `${receipt.username} left ${receipt.residue.length + (receipt.unlisted?.residue ?? 0)} things behind`;
  return `${verdict}; ${receipt.sessionsEnded} open sessions were ended`;
}

function ofGrant({ name, actor, grant }: GrantEvent): string {
  const { requester, role, database, approvals } = grant;
  const newest = approvals.at(-1);
  switch (name) {
    case "GrantRequested": {
      const needs =
        grant.approvalSteps.length > 0 ? `; ${approvalText(grant.approvalSteps)} must approve` : "";
      const time = durationText(grant.durationSeconds);
      return `${requester.name} asked for ${role} on ${database} for ${time}${because(grant.reason)}; rule ${grant.rule}: ${grant.because}${needs}`;
    }
    case "ApprovalGiven":
      return `${actor} approved${because(newest?.reason)}; more approvals are needed`;
    case "GrantApproved":
      return `${actor} approved${because(newest?.reason)}`;
    case "GrantDenied":
      return `${actor} denied${because(grant.denial?.reason)}`;
    case "GrantLapsed":
      return "nobody decided in time";
    case "GrantCancelled":
      return `${actor} took the request back`;
    case "GrantGranting":
      return `making the user ${grant.username}`;
    case "GrantActivated":
      return `active as ${grant.username} until ${grant.expiresAt}`;
    case "GrantExtended":
      return `${actor} moved the end to ${grant.expiresAt}`;
    case "CredentialReplaced":
      return "a new password is in force, sessions of the old one were ended";
    case "GrantRevoking": {
      const { end } = grant;
      return end ? `${endings[end.cause]} (${end.by})${because(end.reason)}` : "revoking once more";
    }
    case "GrantRevoked":
      return receiptSentence(grant.receipt);
    case "GrantFailed":
      return `access could not be given${because(grant.failure?.message)}`;
    case "RevokeFailed":
      return `the end is not proved${because(grant.failure?.message)}`;
    case "GrantQuarantined":
      return `nobody can log in, and a person must look: ${receiptSentence(grant.receipt)}`;
    case "GrantReviewed":
      return `${actor} reviewed the broken glass${because(grant.breakGlass?.review?.reason)}`;
    case "ReviewDue":
      return "nobody has reviewed the broken glass in time";
  }
}

function ofToken({ actor, token }: TokenEvent): string {
  const { issued, refused } = token;
  if (issued)
    return `${actor} got a login token for ${issued.host}:${issued.port}, good until ${issued.until}`;
  return `${actor} was refused a login token${because(refused?.sentence)}`;
}

/** One event of a grant, or one of the records of tokens beside them. */
export function momentOf(event: GrantEvent | TokenEvent): Moment {
  const { at, name, actor } = event;
  return "token" in event
    ? { at, name, actor, sentence: ofToken(event), grantId: event.token.grantId }
    : { at, name, actor, sentence: ofGrant(event), grantId: event.grant.id };
}

/** Facts that machines compare and nobody reads. */
const silent = new Set(["source", "region", "userAgent", "documentSha256"]);

function factText(facts: AuditEvent["facts"]): string {
  const told = Object.entries(facts).filter(([name]) => !silent.has(name));
  return told.map(([name, value]) => `${name} ${value}`).join(", ");
}

/** One audit event, whoever told of it. */
export function momentOfAudit(event: AuditEvent): Moment {
  const { at, name, actor, attempt, address, database, grantId, secret, subject } = event;
  const parts = [
    database && `database ${database}`,
    grantId && `grant ${grantId}`,
    secret && `secret ${secret}`,
    subject?.startsWith("arn:") && `on ${subject}`,
    factText(event.facts),
    address && `from ${address}`,
  ].filter(Boolean);
  const refused = attempt ? ` was refused (${attempt.code})` : "";
  const sentence = `${actor.name}: ${name}${refused}${parts.length > 0 ? `; ${parts.join(", ")}` : ""}`;
  return { at, name, actor: actor.name, sentence, ...(grantId ? { grantId } : {}) };
}
