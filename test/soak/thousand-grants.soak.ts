/** A thousand grants while functions are killed, executions stopped, permissions lost and the database restarted. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { atOnce } from "../../bench/at-once.ts";
import type { GrantEvent } from "../../src/events.ts";
import { type Grant, isOpen, mayFollow } from "../../src/grant.ts";
import { openGrants } from "../../src/store/find-grants.ts";
import { GivenStack } from "../journeys/given-stack.ts";
import { Mischief } from "./mischief.ts";
import { seeded } from "./seeded.ts";
import { type Visit, visit } from "./visitor.ts";

const given = new GivenStack(join(import.meta.dirname, "soak.yaml"));
const count = Number(process.env.SOAK_GRANTS ?? 1000);
const visitors = 24;
/** Milliseconds without a change after which the sweeper's clock comes early, so that the soak need not sit out its minutes. */
const patience = 10_000;
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);

/** Grants and events as the table has them, which after a thousand grants is quicker than asking one by one. */
async function wholeTable(): Promise<{ grants: Grant[]; events: Map<string, GrantEvent[]> }> {
  const { client, name: TableName } = given.table;
  const grants: Grant[] = [];
  const events = new Map<string, GrantEvent[]>();
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName, ConsistentRead: true, ...(from ? { ExclusiveStartKey: from } : {}) }),
    );
    for (const item of page.Items ?? []) {
      const [kind, id = ""] = String(item.pk).split("#");
      if (kind === "grant" && item.sk === "grant") grants.push(item as Grant);
      if (kind === "event") events.set(id, [...(events.get(id) ?? []), item as GrantEvent]);
    }
    from = page.LastEvaluatedKey;
  } while (from);
  return { grants, events };
}

test(`${count} grants, anything may fail at any moment: nobody is left, and every change is on record (seed ${seed})`, async () => {
  const draw = seeded(seed);
  const rita = await given.user("requester");
  const mischief = new Mischief(given, draw);
  const seen = new Map<string, { version: number; since: number }>();
  let watching = true;
  const watch = async () => {
    while (watching) {
      const grants = (await openGrants(given.table)).filter(({ status }) => isOpen(status));
      for (const { id, version, status, expiresAt = "" } of grants) {
        const known = seen.get(id);
        if (known?.version !== version) seen.set(id, { version, since: Date.now() });
        else if (
          Date.now() - Math.max(known.since, status === "active" ? Date.parse(expiresAt) : 0) >
          patience
        ) {
          await given.makeDue(id);
        }
      }
      await given.invoke("Sweep").catch(() => {});
      await sleep(5000);
    }
  };
  const watched = watch();
  const visits: Visit[] = [];
  const began = Date.now();
  await atOnce(visitors, count, async (n) => {
    // Not all at the door at once.
    if (n < visitors) await sleep(1000 * n);
    visits.push(await visit(given, rita, draw));
    if (n % 100 === 0) console.log(`${n} grants after ${Math.round((Date.now() - began) / 1000)} s`);
  });
  await mischief.stop();
  watching = false;
  await watched;
  console.log(`${count} grants in ${Math.round((Date.now() - began) / 1000)} s:`, mischief.done);

  const { grants, events } = await wholeTable();
  expect(grants.length).toBeGreaterThanOrEqual(count);
  const ends: Record<string, number> = {};
  for (const grant of grants) {
    ends[grant.status] = (ends[grant.status] ?? 0) + 1;
    expect(["revoked", "grant_failed"], grant.id).toContain(grant.status);
    if (grant.activatedAt) expect(grant.receipt?.residue, grant.id).toEqual([]);
    const told = events.get(grant.id) ?? [];
    expect(
      told.map(({ version }) => version),
      grant.id,
    ).toEqual(Array.from({ length: grant.version }, (_, n) => n + 1));
    expect(told.at(-1)?.to).toBe(grant.status);
    for (const { from, to } of told.slice(1)) {
      expect(from === to || mayFollow(from ?? "requested", to), `${grant.id}: ${from} to ${to}`).toBe(true);
    }
  }
  console.log("ended as", ends);
  const byId = new Map(grants.map((it) => [it.id, it]));
  const readers = visits.filter(({ lastRead }) => lastRead !== undefined);
  expect(readers.length).toBeGreaterThan(count / 2);
  for (const { id, lastRead = 0 } of readers) {
    expect(lastRead, id).toBeLessThanOrEqual(Date.parse(byId.get(id)?.receipt?.readBackAt ?? ""));
  }
  expect(
    await given.asOwner(`SELECT rolname FROM pg_roles WHERE rolname ~ '^jit_[0-9a-z]{12}$'
      UNION ALL SELECT usename FROM pg_stat_activity WHERE usename ~ '^jit_'`),
  ).toEqual([]);
});
