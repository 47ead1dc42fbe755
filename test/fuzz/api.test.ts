/** Any body, id and query to every route of the deployed API: an answer or a refusal with the next step, never a failure. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { routes } from "../../src/api/routes.ts";
import { GivenStack } from "../journeys/given-stack.ts";
import { cases } from "./cases.ts";
import { hostile } from "./hostile.ts";

const given = new GivenStack();
const atOnce = 4;

interface Sent {
  who: "requester" | "admin";
  route: { method: string; path: string };
  id: string | undefined;
  body: unknown;
  query: Record<string, string>;
  key: string;
}

const anything = fc.oneof(hostile, fc.jsonValue({ maxDepth: 2 }));
/** Right, or anything. */
const field = (...right: unknown[]) =>
  fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: anything });

const fields = fc.record(
  {
    database: field("orders"),
    // This role waits for an approval.
    role: field("read-write"),
    durationSeconds: field(60, 0, -1, 1e308, "60"),
    reason: field("why"),
    ticket: field("OPS-1"),
    verifier: field(given.credential().verifier),
    startAt: field("2026-12-01T08:00:00Z", "2026-13-01T08:00:00Z"),
    breakGlass: field(true, false),
    dryRun: field(true, false),
    // Not `all`, which would refuse everything that comes later.
    scope: field("requester/nobody", "database/nowhere"),
    id: hostile,
    status: field("active"),
  },
  { requiredKeys: [] },
);

const sent: fc.Arbitrary<Sent> = fc.record({
  who: fc.constantFrom("requester", "admin"),
  route: fc.constantFrom(...routes.map(({ method, path }) => ({ method, path }))),
  id: fc.oneof(
    fc.constant(undefined),
    hostile.filter((id) => id !== "" && id !== "." && id !== ".."),
  ),
  body: fc.oneof({ weight: 4, arbitrary: fields }, { weight: 1, arbitrary: anything }),
  query: fc.dictionary(fc.constantFrom("mine", "toApprove", "toReview", "role", "database", "x"), hostile, {
    maxKeys: 2,
  }),
  key: fc.oneof(fc.uuid(), fc.stringMatching(/^[ -~]{0,80}$/)),
});

test("every answer is an answer", async () => {
  const rita = await given.user("requester");
  const { id: own } = await given.request(rita, { role: "read-write" });
  const orders = "SELECT count(*)::int AS rows, (SELECT count(*)::int FROM pg_tables) AS tables FROM orders";
  const before = await given.asOwner(orders);

  const call = async ({ who, route, id, body, query, key }: Sent) => {
    const place = route.path.startsWith("/databases") ? "orders" : own;
    const path = route.path.replace("{id}", encodeURIComponent(id ?? place));
    const words = new URLSearchParams(query).toString();
    const person = await given.user(who);
    const answer = await person.call(
      route.method,
      words ? `${path}?${words}` : path,
      route.method === "GET" ? undefined : (body as object),
      { "idempotency-key": key.trim() },
    );
    expect(answer.status).toBeLessThan(500);
    // What IAM or the gateway refuse has never come to us.
    if (answer.status >= 400 && answer.body.message === undefined) {
      expect(answer.body).toMatchObject({ code: expect.any(String), next: expect.any(String) });
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { minLength: atOnce, maxLength: atOnce }), async (calls) => {
      await Promise.all(calls.map(call));
    }),
    cases(atOnce),
  );

  // The admin may have come upon an approval.
  for (const { id } of await given.openGrants()) {
    await rita.call("POST", `/grants/${id}/revoke`);
    await given.until(id, "denied", "lapsed", "cancelled", "grant_failed", "revoked");
  }
  expect(await given.asOwner(orders)).toEqual(before);
  expect(await given.asOwner("SELECT rolname FROM pg_roles WHERE rolname ~ '^jit_[0-9a-z]{12}$'")).toEqual(
    [],
  );
});
