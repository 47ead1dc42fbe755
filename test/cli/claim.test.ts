import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scramSha256 } from "../../src/verifiers/scram-sha-256.ts";
import { type Desk, openDesk } from "./cli-desk.ts";
import { activeGrant, grantView, id } from "./grant-view.ts";

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

test("without an id: what I may claim, and an event's words cannot paint the screen", async () => {
  const draft = {
    id,
    source: "acme.oncall",
    person: "rita",
    database: "orders",
    role: "read-only",
    durationSeconds: 1800,
    reason: "INC-7\u001b[2Jall is well",
    madeAt: "2026-11-24T10:00:00.000Z",
    claimBy: "2026-11-25T10:00:00.000Z",
  };
  desk.api.answer("GET /drafts", { body: { drafts: [draft] } }, { body: { drafts: [] } });
  const { code, stdout } = await desk.dblease(["claim"]);
  expect(code).toBe(0);
  expect(stdout).toContain(`${id}  orders  read-only  30m  acme.oncall  until 2026-11-25T10:00:00.000Z`);
  expect(stdout).not.toContain("\u001b");
  expect(await desk.dblease(["claim"])).toMatchObject({
    code: 0,
    stdout: "",
    stderr: "Nothing waits for your claim.\n",
  });
});

test("a claim sends the verifier of a password that only this machine keeps, and waits", async () => {
  desk.api.answer("GET /drafts", { body: { drafts: [] } });
  desk.api.answer(`POST /grants/${id}/claim`, { status: 201, body: grantView() });
  desk.api.answer(`GET /grants/${id}`, { body: activeGrant() });
  const { code, stdout, stderr } = await desk.dblease(["claim", id.toUpperCase()]);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain(`eval "$(dblease credential ${id} --env)" && psql`);
  const password = readFileSync(join(desk.stateFolder, id), "utf8");
  const sent = desk.api.received.find((it) => it.line.endsWith("/claim"));
  const { verifier } = JSON.parse(sent?.body ?? "");
  const salt = Buffer.from(verifier.split(":")[1].split("$")[0], "base64");
  expect(verifier).toBe(scramSha256(password, salt));
  expect(sent?.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
});
