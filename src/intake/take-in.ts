/**
 * An `AccessRequested` event becomes a draft for a person, or a grant for a service. The id is made from the event's
 * own, so that the same event twice is one draft or one grant. What is refused goes to a queue with the reason.
 */
import { createHash } from "node:crypto";
import type { RDSClient } from "@aws-sdk/client-rds";
import type { EventBridgeEvent } from "aws-lambda";
import type { StoredConfig } from "../config.ts";
import { claimBy } from "../draft.ts";
import { DbleaseError } from "../errors.ts";
import { type GrantId, grantId } from "../grant.ts";
import type { Person } from "../identity.ts";
import { readConfigItem } from "../store/configs.ts";
import { createDraft } from "../store/drafts.ts";
import type { Table } from "../store/table.ts";
import { openGrant } from "../workflow/open-grant.ts";
import type { Workflows } from "../workflow/start.ts";
import { type AccessRequested, accessRequestedOf } from "./access-requested.ts";

export type IntakeEvent = EventBridgeEvent<"AccessRequested", unknown>;

export interface Intake {
  table: Table;
  rds: RDSClient;
  workflows: Workflows;
  clock: () => Date;
  /** Takes what cannot be done, with the reason, to where somebody looks. */
  putAside: (event: IntakeEvent, refusal: DbleaseError) => Promise<void>;
}

function idOf({ source, id }: IntakeEvent): GrantId {
  return grantId(createHash("sha256").update(`${source}\n${id}`).digest());
}

function refused(sentence: string, next: string): never {
  throw new DbleaseError("REFUSED", sentence, { next });
}

function sourceOf(event: IntakeEvent, { config }: StoredConfig) {
  const known = config.events.find((it) => it.source === event.source);
  return (
    known ??
    refused(`no events are taken from ${event.source}`, "name the source under events: in dblease.yaml")
  );
}

/** Rules know a service by this name; it can neither sign a call nor decide about anybody. */
function servicePerson(service: string): Person {
  return { id: `service/${service}`, name: `service/${service}`, mayApprove: false };
}

async function makeDraft(
  { table, clock }: Intake,
  event: IntakeEvent,
  { service: _, person = "", ...wish }: AccessRequested,
): Promise<void> {
  const now = clock();
  const { source } = event;
  await createDraft(table, {
    ...wish,
    id: idOf(event),
    source,
    person,
    madeAt: now.toISOString(),
    claimBy: claimBy(now),
  });
}

async function makeGrant(
  intake: Intake,
  event: IntakeEvent,
  stored: StoredConfig,
  wish: AccessRequested,
  name: string,
): Promise<void> {
  const { services } = sourceOf(event, stored);
  const service = stored.config.services[name];
  if (!services.includes(name) || !service) {
    refused(
      `${event.source} may not ask for service ${name}`,
      "name the service under events: in dblease.yaml",
    );
  }
  const fingerprint = createHash("sha256").update(JSON.stringify(wish)).digest("hex");
  await openGrant(intake, {
    id: idOf(event),
    person: servicePerson(name),
    stored,
    wish,
    service,
    birth: { idempotency: { key: event.id, fingerprint } },
  });
}

async function act(intake: Intake, event: IntakeEvent): Promise<void> {
  const stored = await readConfigItem(intake.table);
  sourceOf(event, stored);
  const wish = accessRequestedOf(event);
  if (wish.service === undefined) return makeDraft(intake, event, wish);
  return makeGrant(intake, event, stored, wish, wish.service);
}

/** Never throws for a bad event: to try it again would not make it better. */
export async function takeIn(intake: Intake, event: IntakeEvent): Promise<void> {
  try {
    await act(intake, event);
  } catch (error) {
    if (!(error instanceof DbleaseError)) throw error;
    await intake.putAside(event, error);
  }
}
