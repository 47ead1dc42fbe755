/** The incident switch on five hundred open accesses: how long until the last one is proved. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { atOnce } from "../../bench/at-once.ts";
import { runCli } from "../../local-stack/demo/run-cli.ts";
import { isOpen } from "../../src/grant.ts";
import { openGrants } from "../../src/store/find-grants.ts";
import { GivenStack } from "../journeys/given-stack.ts";

const given = new GivenStack(join(import.meta.dirname, "soak.yaml"));
const count = 500;

async function statuses(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of await openGrants(given.table)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function untilOpenAre(wanted: (counts: Record<string, number>) => boolean): Promise<void> {
  let counts = await statuses();
  for (const end = Date.now() + 1_800_000; Date.now() < end && !wanted(counts); await sleep(2000)) {
    counts = await statuses();
  }
  expect(wanted(counts), JSON.stringify(counts)).toBe(true);
}

test("revoke-all ends five hundred active grants, each with its own proof", async () => {
  const rita = await given.user("requester");
  await atOnce(4, count, () => given.request(rita, { seconds: 7200 }));
  await untilOpenAre((counts) => counts.active === count);

  const wish = ["revoke-all", "--database", "orders", "--reason", "soak"];
  const began = Date.now();
  expect(await runCli(given.environment("admin"), ...wish, "--confirm", String(count))).toHaveLength(count);
  const told = Date.now() - began;
  await untilOpenAre((counts) => Object.keys(counts).every((status) => !isOpen(status as "active")));

  const closed = await openGrants(given.table);
  expect(closed).toHaveLength(count);
  for (const grant of closed) expect(grant).toMatchObject({ status: "revoked", receipt: { residue: [] } });
  const fenced = closed.map((it) => Date.parse(it.receipt?.fencedAt ?? "") - began).sort((a, b) => a - b);
  const proved = closed.map((it) => Date.parse(it.receipt?.readBackAt ?? "") - began).sort((a, b) => a - b);
  console.log(`${count} active grants, seconds from the command to`, {
    "all told": told / 1000,
    "half fenced": (fenced[count / 2] ?? 0) / 1000,
    "last fenced": (fenced.at(-1) ?? 0) / 1000,
    "last proved": (proved.at(-1) ?? 0) / 1000,
  });
  expect(await given.asOwner("SELECT rolname FROM pg_roles WHERE rolname ~ '^jit_[0-9a-z]{12}$'")).toEqual(
    [],
  );
});
