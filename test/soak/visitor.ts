import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { isOpen } from "../../src/grant.ts";
import type { Person, Requested, RunningStack } from "../journeys/given-stack.ts";

/** What a visitor saw of its own access. */
export interface Visit {
  id: string;
  /** When the last read began that succeeded, in milliseconds since 1970; undefined: it never read anything. */
  lastRead: number | undefined;
}

/** Somebody who asks, reads as long as it goes, and now and then gives the access back early. */
export async function visit(stack: RunningStack, person: Person, draw: () => number): Promise<Visit> {
  const grant = await insist(stack, person, 2 + Math.floor(20 * draw()));
  const visited: Visit = { id: grant.id, lastRead: undefined };
  const reading = read(stack, grant, visited);
  if (draw() < 0.4) {
    await sleep(8000 * draw());
    // What fails here, the end of the time does.
    await person.call("POST", `/grants/${grant.id}/revoke`).catch(() => {});
  }
  await reading;
  return visited;
}

/** Asks until there is an answer, with the same key, as the CLI does. */
async function insist(stack: RunningStack, person: Person, seconds: number): Promise<Requested> {
  const { password, verifier } = stack.credential();
  const body = { database: "orders", role: "read-only", durationSeconds: seconds, reason: "soak", verifier };
  const key = randomUUID();
  for (let attempt = 0; ; attempt++) {
    const answer = await person
      .call("POST", "/grants", body, { "idempotency-key": key })
      .catch((error: Error) => ({ status: 599, body: error.message }));
    // Written, but not started: that is the sweeper's to mend.
    if (answer.status === 201 || answer.status === 200) return { ...answer.body, password };
    if (answer.status < 500 || attempt > 100) {
      throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    await sleep(500);
  }
}

async function read(stack: RunningStack, grant: Requested, visited: Visit): Promise<void> {
  let session: Client | undefined;
  while (isOpen((await stack.grant(grant.id)).status)) {
    try {
      session ??= await stack.connect(grant);
      const began = Date.now();
      await session.query("SELECT 1 FROM orders LIMIT 1");
      visited.lastRead = began;
    } catch {
      session?.end().catch(() => {});
      session = undefined;
    }
    await sleep(1000);
  }
  session?.end().catch(() => {});
}
