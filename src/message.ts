/**
 * What people are told of an event, with all they need to decide: pure. Deciding takes a signed command; no link in
 * a message ever decides anything, because scanners follow links.
 */
import { approvalText } from "./approval-text.ts";
import type { Draft } from "./draft.ts";
import { durationText } from "./duration.ts";
import type { DbleaseEvent, GrantEvent } from "./events.ts";
import { allDatabases, type FindingEvent, severityOf } from "./finding.ts";
import type { RotationEvent } from "./rotation.ts";

export interface Message {
  /** Who it is for: those who decide about access, or those who look after dblease. */
  to: "approvers" | "operators";
  title: string;
  facts: readonly (readonly [name: string, value: string])[];
  /** Commands that answer it. */
  next: readonly string[];
}

type Shown = GrantEvent["grant"];

/** A requester's words must not look like ours: no markup of a chat, no link to click, no mention. */
function plain(text: string): string {
  return text
    .replace(/[<>]/g, (it) => (it === "<" ? "‹" : "›"))
    .replace(/[`*_~|]/g, "'")
    .replace(/[[\]]/g, (it) => (it === "[" ? "(" : ")"))
    .replaceAll("://", ": //")
    .replaceAll("@", "(at)");
}

function facts(grant: Shown): [string, string][] {
  const all: [string, string | undefined][] = [
    ["requester", plain(grant.requester.name)],
    ["database", grant.database],
    ["role", grant.role],
    ["time", durationText(grant.durationSeconds)],
    ["start", grant.startAt],
    ["reason", plain(grant.reason)],
    ["ticket", grant.ticket && plain(grant.ticket)],
    ["rule", grant.rule],
    ["approval", grant.approvalSteps.length > 0 ? approvalText(grant.approvalSteps) : undefined],
    ["decide by", grant.status === "requested" ? grant.approveBy : undefined],
  ];
  return all.filter((it): it is [string, string] => it[1] !== undefined);
}

function about(grant: Shown): string {
  return `${grant.role} on ${grant.database}`;
}

function deciding(grant: Shown, title: string): Message {
  const next = [`dblease approve ${grant.id}`, `dblease deny ${grant.id} --reason "..."`];
  return { to: "approvers", title, facts: facts(grant), next };
}

function reviewing(grant: Shown, title: string): Message {
  const { reviewers = [], reviewBy = "" } = grant.breakGlass ?? {};
  const owed: [string, string] = ["review", `${reviewers.join(" or ")}, until ${reviewBy}`];
  const next = [`dblease show ${grant.id}`, `dblease review ${grant.id} --reason "..."`];
  return { to: "approvers", title, facts: [...facts(grant), owed], next };
}

function trouble(grant: Shown, title: string): Message {
  const cause: [string, string][] = grant.failure ? [["cause", plain(grant.failure.message)]] : [];
  const residue = (grant.receipt?.residue ?? []).map((it): [string, string] => [it.kind, plain(it.what)]);
  return {
    to: "operators",
    title,
    facts: [...facts(grant), ...cause, ...residue],
    next: [`dblease show ${grant.id}`],
  };
}

function found({ name, finding }: FindingEvent): Message | undefined {
  // A database that dblease meets may have a hundred users of before; they are in the list.
  if (name !== "FindingOpened" || severityOf(finding) === "low") return undefined;
  const all: [string, string][] = [
    ["database", finding.database === allDatabases ? "the account" : finding.database],
    ["finding", finding.kind],
    ["severity", severityOf(finding)],
  ];
  return {
    to: "operators",
    title: plain(finding.sentence),
    facts: finding.repair ? [...all, ["repair", finding.repair]] : all,
    next: ["dblease audit findings"],
  };
}

/** An event names a person; only that person can make something of it. */
function drafted(draft: Draft): Message {
  const all: [string, string | undefined][] = [
    ["for", plain(draft.person)],
    ["asked by", draft.source],
    ["database", plain(draft.database)],
    ["role", plain(draft.role)],
    ["time", draft.durationSeconds === undefined ? undefined : durationText(draft.durationSeconds)],
    ["reason", plain(draft.reason)],
    ["ticket", draft.ticket && plain(draft.ticket)],
    ["claim by", draft.claimBy],
  ];
  return {
    to: "approvers",
    title: `${plain(draft.person)} may claim ${plain(draft.role)} on ${plain(draft.database)}`,
    facts: all.filter((it): it is [string, string] => it[1] !== undefined),
    next: [`dblease claim ${draft.id}`],
  };
}

/** A rotation that failed, or that had to be healed: somebody should know why. */
function rotated({ name, because, rotation }: RotationEvent): Message | undefined {
  const { id, user, database, failure } = rotation;
  const all: [string, string][] = [
    ["rotation", id],
    ["user", plain(user)],
    ["database", database],
  ];
  if (name === "RotationHealed") {
    const title = `The rotation of ${plain(user)} on ${database} was healed`;
    return { to: "operators", title, facts: [...all, ["cause", because ?? ""]], next: ["dblease rotations"] };
  }
  if (name !== "RotationFailed" || !failure) return undefined;
  return {
    to: "operators",
    title: `The password of ${plain(user)} on ${database} was not rotated`,
    facts: [...all, ["step", failure.step], ["cause", plain(failure.message)]],
    next: [failure.next, `dblease rotate ${id}`],
  };
}

/** Undefined: nobody has to do anything about this event. */
export function messageOf(event: DbleaseEvent): Message | undefined {
  if ("finding" in event) return found(event);
  if ("token" in event) return undefined;
  if ("rotation" in event) return rotated(event);
  return "draft" in event ? drafted(event.draft) : ofGrant(event);
}

/** What an event is about: messages of one thing belong together, and a subscriber picks by database. */
export function topicOf(event: DbleaseEvent): { id: string; database: string } {
  if ("finding" in event) return event.finding;
  if ("token" in event) return { id: event.token.grantId, database: event.token.database };
  if ("rotation" in event) return event.rotation;
  return "draft" in event ? event.draft : event.grant;
}

function ofGrant({ name, to, grant }: GrantEvent): Message | undefined {
  switch (name) {
    case "GrantRequested":
      if (grant.breakGlass)
        return reviewing(grant, `BREAK-GLASS: ${plain(grant.requester.name)} takes ${about(grant)}`);
      return to === "requested"
        ? deciding(grant, `${plain(grant.requester.name)} asks for ${about(grant)}`)
        : undefined;
    case "ApprovalGiven":
      return deciding(
        grant,
        `${about(grant)} for ${plain(grant.requester.name)}: approved by one, more needed`,
      );
    case "ReviewDue":
      return reviewing(grant, `Nobody has reviewed the broken glass of ${plain(grant.requester.name)}`);
    case "RevokeFailed":
      return trouble(grant, `The end of ${about(grant)} is not proved yet`);
    case "GrantQuarantined":
      return trouble(grant, `${about(grant)} left something that a person must look at`);
    default:
      return undefined;
  }
}
