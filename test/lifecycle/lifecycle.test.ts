/** Whatever happens, in whatever order, however often, and whoever dies in the middle of it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../local-stack/start-emulator.ts";
import { liveStatuses, mayFollow } from "../../src/grant.ts";
import { OracleWorld } from "./oracle-world.ts";
import type { Slowness } from "./played-database.ts";
import { type Step, type Wish, World } from "./world.ts";

const folder = mkdtempSync(join(tmpdir(), "dblease-lifecycle-"));
let emulator: Emulator;
let client: DynamoDBDocumentClient;

beforeAll(async () => {
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, "");
  emulator = await startEmulator({ folder: join(folder, "emulator"), caFile });
  client = DynamoDBDocumentClient.from(new DynamoDBClient(emulator.root), {
    marshallOptions: { removeUndefinedValues: true },
  });
});

afterAll(async () => {
  await emulator.stop();
  rmSync(folder, { recursive: true, force: true });
});

const steps: readonly Step[] = ["beginGrant", "runGrant", "beginRevoke", "runRevoke", "settle"];
const wishes: readonly Wish[] = ["approve", "deny", "cancel", "extend", "revoke", "newVerifier"];

/** Several acts are at work at once, on one grant. */
type Command =
  | { do: "request"; role: string; seconds: number }
  | { do: "acts"; acts: readonly (Step | Wish)[]; which: number }
  | { do: "advance"; seconds: number }
  | { do: "sweep" | "run" | "catchUp" | "stop" | "twoSweeps" }
  | { do: "death"; when: "before" | "after" }
  | { do: "set"; what: "down" | "lossy"; to: boolean }
  | { do: "slow"; to: Slowness };

const which = fc.nat({ max: 2 });
const acts = fc.constantFrom<(Step | Wish)[]>(...steps, ...wishes);

/** Each kind of command with how often it comes. */
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("request" as const),
      role: fc.constantFrom("reader", "reader", "writer"),
      seconds: fc.integer({ min: 10, max: 300 }),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("acts" as const),
      acts: fc.array(acts, { minLength: 1, maxLength: 3 }),
      which,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("advance" as const),
      seconds: fc.constantFrom(1, 20, 70, 100, 400),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constantFrom("sweep", "run", "run", "catchUp", "stop", "twoSweeps"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("death" as const), when: fc.constantFrom("before", "after") }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("set" as const),
      what: fc.constantFrom("down", "lossy"),
      to: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("slow" as const),
      to: fc.constantFrom<Slowness[]>("never", "before login", "after login"),
    }),
  },
) as fc.Arbitrary<Command>;

function isWish(act: Step | Wish): act is Wish {
  return wishes.some((it) => it === act);
}

async function act(world: World, it: Command, scheduler: fc.Scheduler): Promise<void> {
  /** Runs them at once; whose call comes next is drawn by lot. */
  const together = async (acts: readonly (() => Promise<unknown>)[]) => {
    world.turn = () => scheduler.schedule(Promise.resolve());
    await scheduler.waitFor(Promise.all(acts.map((it) => it())));
    world.turn = async () => {};
  };
  const id = "which" in it ? world.grants[it.which % (world.grants.length || 1)] : undefined;
  switch (it.do) {
    case "request":
      return world.request(it.role, it.seconds);
    case "acts":
      if (id === undefined) return;
      await together(it.acts.map((act) => () => (isWish(act) ? world.wish(act, id) : world.call(act, id))));
      return;
    case "advance":
      world.now += it.seconds * 1000;
      return;
    case "sweep":
      return world.sweep();
    case "twoSweeps":
      await together([() => world.sweep(), () => world.sweep()]);
      return;
    case "run":
      return world.runExecutions();
    case "catchUp":
      return world.catchUp();
    case "stop":
      for (const name of [...world.executions.running.keys()].slice(0, 1)) world.executions.end(name);
      return;
    case "death":
      world.death = it.when;
      return;
    case "set":
      if (it.what === "down") world.database.down = it.to;
      else world.executions.lossy = it.to;
      return;
    case "slow":
      world.database.slow = it.to;
  }
}

/** No user in the database without a grant that accounts for it. */
async function expectUsersExplained(world: World): Promise<void> {
  const live = (await world.all()).filter((it) => liveStatuses.includes(it.status)).map((it) => it.username);
  for (const username of world.database.users.keys()) expect(live).toContain(username);
}

/** Everything works again; nobody asks for anything any more. */
async function calm(world: World): Promise<void> {
  world.death = undefined;
  world.executions.lossy = false;
  world.database.down = false;
  world.database.slow = "never";
  await world.catchUp();
  for (let minute = 0; minute < 24 * 60; minute += 10) {
    world.now += 600_000;
    await world.sweep();
    await world.runExecutions();
    await expectUsersExplained(world);
    const late = (await world.all()).filter(
      (it) => it.status === "active" && Date.parse(it.expiresAt ?? "") < world.now - 90_000,
    );
    expect(late).toEqual([]);
    if ((await world.all()).every((it) => !("open" in it))) return;
  }
  throw new Error(`still open after a day: ${JSON.stringify(await world.all())}`);
}

/** Every change has its event, and follows what was before. */
async function expectGaplessEvents(world: World): Promise<void> {
  for (const grant of await world.all()) {
    const events = await world.eventsOf(grant.id);
    expect(events.map((it) => it.version)).toEqual(Array.from({ length: grant.version }, (_, n) => n + 1));
    expect(events.at(-1)?.to).toBe(grant.status);
    for (const { from, to } of events.slice(1)) {
      expect(from === to || mayFollow(from ?? "requested", to), `${from} to ${to}`).toBe(true);
    }
  }
}

async function tell(scheduler: fc.Scheduler, commands: readonly Command[]): Promise<void> {
  const world = await World.make(client);
  // One grant that is active, one that is about to start.
  await world.request("reader", 200);
  await world.runExecutions();
  await world.request("reader", 100);
  for (const it of commands) {
    await act(world, it, scheduler);
    await expectUsersExplained(world);
    expect(world.broken).toEqual([]);
  }
  await calm(world);
  await expectGaplessEvents(world);
  expect(world.database.users.size).toBe(0);
  for (const grant of await world.all()) {
    expect(["revoked", "grant_failed", "denied", "lapsed", "cancelled"]).toContain(grant.status);
    if (grant.status === "revoked") expect(grant.receipt?.residue).toEqual([]);
    // What would have opened an access that never began is not kept.
    if (["denied", "lapsed", "cancelled"].includes(grant.status)) {
      expect(await world.storedVerifier(grant.id)).toBe("");
    }
  }
}

test("a grant on Oracle goes from its request to its receipt, and its password does not stay in the table", async () => {
  const world = await OracleWorld.make(client);
  const { id, username, password } = await world.request("billing");
  expect(await world.storedVerifier(id)).toBe(password);
  await world.begin(id);
  expect(await world.storedVerifier(id)).toBe("");
  expect(await world.mayLogIn(username, password)).toBe(true);
  await world.extend(id);
  const next = await world.newPassword(id);
  expect(await world.storedVerifier(id)).toBe("");
  expect([await world.mayLogIn(username, password), await world.mayLogIn(username, next)]).toEqual([
    false,
    true,
  ]);
  const session = await world.server.login(username, next);
  const { status, receipt, userOid } = await world.revoke(id);
  await session.ended;
  expect(status).toBe("revoked");
  expect(receipt).toMatchObject({
    username,
    userOid,
    sessionsEnded: 1,
    users: 0,
    sessions: 0,
    privileges: 0,
    residue: [],
  });
  expect(await world.mayLogIn(username, next)).toBe(false);
});

test("an Oracle that closes or breaks in the middle of a revoke, and a user who owns something", async () => {
  const world = await OracleWorld.make(client);
  const { id, username } = await world.request("billing");
  await world.begin(id);
  const { dictionary } = world.server;
  dictionary.change("INSERT INTO DBA_OBJECTS VALUES (?, 'COPY', 'TABLE', 'VALID')", username.toUpperCase());
  world.server.before = async (statement, admin) => {
    if (!statement.startsWith("SELECT 'user'")) return;
    world.server.before = async () => {};
    world.server.close(admin);
  };
  await expect(world.revoke(id)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect((await world.read(id)).status).toBe("revoking");
  // The first function must be dead before another may begin.
  world.later(120);
  expect(await world.revoke(id)).toMatchObject({
    status: "quarantined",
    receipt: { users: 1, sessions: 0, objects: 1 },
  });
  dictionary.change("DELETE FROM DBA_OBJECTS WHERE OWNER = ?", username.toUpperCase());
  expect(await world.revoke(id)).toMatchObject({
    status: "revoked",
    receipt: { users: 0, objects: 0, residue: [] },
  });
});

test("a person's password does not travel to a database whose configuration does not say so", async () => {
  const world = await OracleWorld.make(client);
  await expect(world.request("ledger")).rejects.toMatchObject({
    code: "REFUSED",
    next: expect.stringContaining("passwordsOverApi: true"),
  });
});

// The soak asks for more (vitest.soak.config.ts).
const sequences = Number(process.env.LIFECYCLE_SEQUENCES ?? 30);

test(
  "no order of calls, crashes and outages leaves anybody in the database, or a change without its event",
  async () => {
    const commands = fc.array(command, { minLength: 4, maxLength: 30 });
    await fc.assert(fc.asyncProperty(fc.scheduler(), commands, tell), { numRuns: sequences });
  },
  3000 * sequences,
);
