/** A whole request through API, workflow and database on the local stack, and a whole early revoke; what each part takes. */
import { readFileSync } from "node:fs";
import type { HistoryEvent } from "@aws-sdk/client-sfn";
import type { GrantEvent, GrantEventName } from "../../src/events.ts";
import { type Requested, RunningStack } from "../../test/journeys/given-stack.ts";
import { median } from "../quantile.ts";
import type { Report, Row } from "../row.ts";
import { timed } from "../timed.ts";

const requests = 20;
const approvals = 3;

/** Dollars for one transition of a Standard workflow in us-east-1 (AWS Step Functions pricing, November 2026). */
const pricePerTransition = 0.000025;

type ReportPart = (
  strategy: string,
  at: string,
  value: number,
  unit: Row["unit"],
  more?: Partial<Row>,
) => void;

export async function request(report: Report): Promise<void> {
  const stack = new RunningStack();
  await stack.start();
  try {
    const row: ReportPart = (strategy, at, value, unit, more = {}) =>
      report({ bench: "request", engine: "postgres 18", strategy, at, value, unit, ...more });
    await withoutApproval(stack, row);
    await withApproval(stack, row);
    const [rest] = await stack.asOwner<{ sessions: number }>(
      "SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE usename = 'master'",
    );
    row("connections of dblease", "at rest", rest?.sessions ?? 0, "", { bar: 0 });
  } finally {
    await stack.stop();
  }
}

async function withoutApproval(stack: RunningStack, row: ReportPart): Promise<void> {
  const rita = await stack.user("requester");
  const parts = new Map<string, number[]>();
  const add = (part: string, ms: number) => parts.set(part, [...(parts.get(part) ?? []), ms]);
  let transitions = 0;
  // The first one pays for the start of every function.
  for (let n = -2; n < requests; n++) {
    const logged = databaseLog(stack).length;
    const asked = await timed(() => stack.request(rita));
    await stack.until(asked.result.id, "active");
    await untilParked(stack, asked.result.id);
    const databaseOfGrant = await sessionMs(stack, logged);
    const revoked = await timed(() => rita.call("POST", `/grants/${asked.result.id}/revoke`));
    await stack.until(asked.result.id, "revoked");
    const databaseOfBoth = await sessionMs(stack, logged);
    const events = await stack.eventsOf(asked.result.id);
    const history = await stack.history(asked.result.id);
    transitions = Math.max(transitions, countTransitions(history));
    if (n < 0) continue;
    const states = stateMs(history);
    add("grant: request to active", between(events, "GrantRequested", "GrantActivated"));
    add("grant: API call", asked.ms);
    add("grant: state BeginGrant", states.BeginGrant ?? 0);
    add("grant: state Grant", states.Grant ?? 0);
    add("grant: admin session in the database", databaseOfGrant);
    add("revoke: asked to proved", between(events, "GrantRevoking", "GrantRevoked"));
    add("revoke: API call", revoked.ms);
    add("revoke: state BeginRevoke", states.BeginRevoke ?? 0);
    add("revoke: state Revoke", states["revoke:Revoke"] ?? 0);
    add("revoke: admin session in the database", databaseOfBoth - databaseOfGrant);
  }
  const whole = {
    grant: parts.get("grant: request to active"),
    revoke: parts.get("revoke: asked to proved"),
  };
  for (const [part, taken] of parts) {
    row(part, "without approval", median(taken), "ms", { samples: taken.length });
    const total = median((part.startsWith("grant") ? whole.grant : whole.revoke) ?? []);
    row(`${part}: share`, "without approval", (100 * median(taken)) / total, "%", { samples: taken.length });
  }
  reportTransitions(row, "without approval", transitions, 10);
}

async function withApproval(stack: RunningStack, row: ReportPart): Promise<void> {
  const rita = await stack.user("requester");
  const root = await stack.user("admin");
  let transitions = 0;
  for (let n = 0; n < approvals; n++) {
    const asked: Requested = await stack.request(rita, { role: "read-write" });
    const parked = await untilParked(stack, asked.id);
    await root.call("POST", `/grants/${asked.id}/approve`);
    await stack.until(asked.id, "active");
    await untilParked(stack, asked.id, parked);
    await rita.call("POST", `/grants/${asked.id}/revoke`);
    await stack.until(asked.id, "revoked");
    transitions = Math.max(transitions, countTransitions(await stack.history(asked.id)));
  }
  reportTransitions(row, "with approval", transitions, 12);
}

/**
 * Until the workflow waits with another token than this. A revoke in the milliseconds before that starts by itself,
 * for one transition more.
 * @returns the token that waits.
 */
async function untilParked(stack: RunningStack, id: string, before?: string): Promise<string | undefined> {
  let token: string | undefined;
  await stack.untilTrue(async () => {
    token = (await stack.grant(id)).wakeToken;
    return token !== before;
  });
  return token;
}

function reportTransitions(row: ReportPart, at: string, transitions: number, bar: number): void {
  row("transitions of a grant, both machines", at, transitions, "", { bar });
  row("transitions of 1,000 grants", at, 1000 * transitions * pricePerTransition, "$");
  row("transitions of a month with 100 grants a day", at, 30 * 100 * transitions * pricePerTransition, "$");
}

/** Step Functions charges for each state that is entered and for each retry, which is a task scheduled once more. */
function countTransitions(history: readonly HistoryEvent[]): number {
  const entered = history.filter((it) => it.stateEnteredEventDetails).length;
  const tasks = history.filter((it) => it.type === "TaskStateEntered").length;
  const scheduled = history.filter((it) => it.type === "TaskScheduled").length;
  return entered + scheduled - tasks;
}

/** Milliseconds from entering to leaving, by state; the revoke machine's own Revoke state is `revoke:Revoke`. */
function stateMs(history: readonly HistoryEvent[]): Record<string, number> {
  const entered = new Map<string, number>();
  const taken: Record<string, number> = {};
  let machine = -1;
  for (const it of history) {
    const at = it.timestamp?.getTime() ?? 0;
    if (it.type === "ExecutionStarted") machine += 1;
    const name = it.stateEnteredEventDetails?.name ?? it.stateExitedEventDetails?.name ?? "";
    const key = machine === 1 && name === "Revoke" ? "revoke:Revoke" : name;
    if (it.stateEnteredEventDetails) entered.set(key, at);
    if (it.stateExitedEventDetails) taken[key] = at - (entered.get(key) ?? at);
  }
  return taken;
}

function between(events: readonly GrantEvent[], from: GrantEventName, to: GrantEventName): number {
  const at = (name: GrantEventName) => Date.parse(events.find((it) => it.name === name)?.at ?? "");
  return at(to) - at(from);
}

function databaseLog(stack: RunningStack): string {
  return readFileSync(stack.stack.postgres.logFile, "utf8");
}

/** How long the master's sessions lasted by the server's own log since this place in it. */
async function sessionMs(stack: RunningStack, from: number): Promise<number> {
  // The server writes the line when the backend ends, a moment after the client has said goodbye.
  await stack.untilTrue(async () => {
    const open = "SELECT 1 FROM pg_stat_activity WHERE usename = 'master'";
    return (await stack.asOwner(open)).length === 0;
  });
  const lines = databaseLog(stack).slice(from);
  const pattern = /disconnection: session time: (\d+):(\d+):([\d.]+) user=master database=orders/g;
  return [...lines.matchAll(pattern)].reduce(
    (sum, [, hours, minutes, seconds]) =>
      sum + 1000 * (Number(seconds) + 60 * Number(minutes) + 3600 * Number(hours)),
    0,
  );
}
