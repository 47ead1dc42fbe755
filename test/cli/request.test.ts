import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scramSha256 } from "../../src/verifiers/scram-sha-256.ts";
import type { RoleView } from "../../src/views.ts";
import { type Desk, openDesk } from "./cli-desk.ts";
import { activeGrant, grantView, id, revokedGrant } from "./grant-view.ts";

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const wish = [
  "request",
  "orders",
  "--role",
  "read-only",
  "--for",
  "30m",
  "--reason",
  "Why is order 4711 stuck?",
];
/** The look at the database's engine left out. */
const requests = () => desk.api.received.filter((it) => !it.line.startsWith("GET /databases"));
const passwordFile = () => join(desk.stateFolder, id);

test("a request sends the verifier of a password that only this machine keeps, and nobody else may read", async () => {
  desk.api.answer("POST /grants", { status: 201, body: grantView() });
  desk.api.answer(`GET /grants/${id}`, { body: grantView({ status: "granting" }) }, { body: activeGrant() });
  const { code, stdout, stderr } = await desk.dblease([...wish, "--ticket", "INC-88"]);
  expect(code, stderr).toBe(0);

  const password = readFileSync(passwordFile(), "utf8");
  expect(password).toMatch(/^[A-Za-z0-9_-]{30}$/);
  expect(statSync(passwordFile()).mode & 0o777).toBe(0o600);
  expect(statSync(desk.stateFolder).mode & 0o777).toBe(0o700);
  expect(readdirSync(desk.stateFolder)).toEqual([id]);

  const [sent] = requests();
  const body = JSON.parse(sent?.body ?? "");
  const salt = Buffer.from(body.verifier.split(":")[1].split("$")[0], "base64");
  expect(body).toEqual({
    database: "orders",
    role: "read-only",
    durationSeconds: 1800,
    reason: "Why is order 4711 stuck?",
    ticket: "INC-88",
    verifier: scramSha256(password, salt),
  });
  expect(sent?.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);

  const everythingElse = JSON.stringify(desk.api.received) + stdout + stderr;
  expect(everythingElse).not.toContain(password);
  expect(stdout).toContain(`eval "$(dblease credential ${id} --env)" && psql`);
  expect(stdout).not.toContain("waiting");
  expect(stderr).toContain(`${id}: waiting for approval by ada or root`);
});

test.each([
  ["mysql", /^\$A\$005\$[./0-9A-Za-z]{63}$/],
  ["mariadb", /^\*[0-9A-F]{40}$/],
] as const)(
  "for a database of engine %s it sends what that engine stores, and the line for its client",
  async (engine, shape) => {
    desk.api.answer("GET /databases", { body: { databases: [{ id: "orders", engine, roles: [] }] } });
    desk.api.answer("POST /grants", { status: 201, body: activeGrant({ engine }) });
    const { code, stdout } = await desk.dblease(wish);
    expect(code).toBe(0);
    const [sent] = requests();
    expect(JSON.parse(sent?.body ?? "").verifier).toMatch(shape);
    expect(sent?.body).not.toContain(readFileSync(passwordFile(), "utf8"));
    expect(stdout).toContain(`${engine} --defaults-extra-file="$(dblease credential ${id} --file)"`);
  },
);

test("a planned start asks for the engine as of then", async () => {
  desk.api.answer("GET /databases?startAt=2036-11-24T22%3A00%3A00.000Z", {
    body: { databases: [{ id: "orders", engine: "mariadb", roles: [] }] },
  });
  desk.api.answer("POST /grants", { status: 201, body: grantView({ startAt: "2036-11-24T22:00:00.000Z" }) });
  await desk.dblease([...wish, "--start", "2036-11-24T22:00"]);
  expect(JSON.parse(requests()[0]?.body ?? "").verifier).toMatch(/^\*/);
});

test("two requests differ in password, salt and idempotency key", async () => {
  desk.api.answer("POST /grants", { status: 201, body: grantView() });
  await desk.dblease([...wish, "--no-wait"]);
  const first = readFileSync(passwordFile(), "utf8");
  await desk.dblease([...wish, "--no-wait"]);
  expect(readFileSync(passwordFile(), "utf8")).not.toBe(first);
  const [a, b] = requests().map((it) => ({
    key: it.headers["idempotency-key"],
    verifier: JSON.parse(it.body).verifier,
  }));
  expect(a?.key).not.toBe(b?.key);
  expect(a?.verifier.slice(0, 40)).not.toBe(b?.verifier.slice(0, 40));
});

test("--json prints one grant and nothing else on stdout", async () => {
  desk.api.answer("POST /grants", { status: 201, body: grantView() });
  desk.api.answer(`GET /grants/${id}`, { body: activeGrant() });
  const { code, stdout } = await desk.dblease([...wish, "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ data: activeGrant() });
  expect(stdout.trim().split("\n")).toHaveLength(1);
});

test("--no-wait returns at once with exit code 5 and how to resume, the password kept", async () => {
  desk.api.answer("POST /grants", { status: 201, body: grantView() });
  const { code, stdout, stderr } = await desk.dblease([...wish, "--no-wait", "--json"]);
  expect(code).toBe(5);
  expect(JSON.parse(stdout).data.id).toBe(id);
  expect(stderr).toContain(`dblease show ${id} --wait`);
  expect(requests()).toHaveLength(1);
  expect(existsSync(passwordFile())).toBe(true);
});

test("a wait that takes too long ends with exit code 5 and leaves the request open", async () => {
  desk.api.answer("POST /grants", { status: 201, body: grantView() });
  desk.api.answer(`GET /grants/${id}`, { body: grantView() });
  const { code, stdout, stderr } = await desk.dblease([...wish, "--timeout", "1s", "--json"]);
  expect(code).toBe(5);
  expect(JSON.parse(stdout).data.status).toBe("requested");
  expect(stderr).toContain(`dblease show ${id} --wait`);
  expect(desk.api.received.every((it) => !it.line.includes("cancel"))).toBe(true);
  expect(existsSync(passwordFile())).toBe(true);
});

test("Ctrl-C leaves the request open, prints how to resume, and exits with 130", async () => {
  desk.api.answer("POST /grants", { status: 201, body: grantView() });
  desk.api.answer(`GET /grants/${id}`, { body: grantView() });
  const running = desk.start(wish);
  await running.says("waiting for approval");
  running.interrupt();
  const { code, stdout, stderr } = await running.finished;
  expect(code).toBe(130);
  expect(stdout).toBe("");
  expect(stderr).toContain("stays open");
  expect(stderr).toContain(`next:  dblease show ${id} --wait`);
  expect(existsSync(passwordFile())).toBe(true);
  expect(desk.api.received.map((it) => it.line)).not.toContain(`POST /grants/${id}/cancel`);
});

test("a denial while waiting is exit code 3 with the approver's reason, and the password is gone", async () => {
  desk.api.answer("POST /grants", { status: 201, body: grantView() });
  const denial = { id: "AIDAADA", name: "ada", at: "2026-11-24T09:02:00.000Z", reason: "use the replica" };
  desk.api.answer(`GET /grants/${id}`, { body: grantView({ status: "denied", denial }) });
  const { code, stdout } = await desk.dblease([...wish, "--json"]);
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toEqual({
    error: {
      code: "REFUSED",
      message: `grant ${id} was denied by ada: use the replica`,
      next: `dblease show ${id}`,
    },
  });
  expect(readdirSync(desk.stateFolder)).toEqual([]);
});

test.each([
  ["lapsed", 3],
  ["cancelled", 6],
  ["grant_failed", 1],
  ["revoked", 6],
] as const)("a request that ends as %s before it is seen active exits with %i", async (status, expected) => {
  desk.api.answer("POST /grants", { status: 201, body: grantView() });
  const failure = {
    code: "DATABASE_UNREACHABLE",
    message: "orders did not answer",
    at: "2026-11-24T09:01:00.000Z",
    count: 1,
  };
  const view =
    status === "revoked"
      ? revokedGrant()
      : grantView(status === "grant_failed" ? { status, failure } : { status });
  desk.api.answer(`GET /grants/${id}`, { body: view });
  const { code, stderr } = await desk.dblease(wish);
  expect(code).toBe(expected);
  expect(stderr).toMatch(/\nnext: {2}\S/);
  expect(readdirSync(desk.stateFolder)).toEqual([]);
});

test("the API's refusal keeps no password", async () => {
  const problem = {
    type: "about:blank",
    title: "Refused",
    status: 403,
    detail: "no rule lets you ask for it",
    code: "REFUSED",
    next: "dblease databases",
  };
  desk.api.answer("POST /grants", { status: 403, body: problem });
  const { code, stdout } = await desk.dblease([...wish, "--json"]);
  expect(code).toBe(3);
  expect(JSON.parse(stdout).error).toEqual({ code: "REFUSED", message: problem.detail, next: problem.next });
  expect(readdirSync(desk.stateFolder)).toEqual([]);
});

test("a short failure of the gateway is tried again with the same idempotency key", async () => {
  desk.api.answer(
    "POST /grants",
    { status: 503, body: { message: "Service Unavailable" } },
    { status: 201, body: activeGrant() },
  );
  const { code } = await desk.dblease(wish);
  expect(code).toBe(0);
  const keys = requests().map((it) => it.headers["idempotency-key"]);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});

test("a state folder that cannot be written stops the request before it is sent", async () => {
  const { code, stderr } = await desk.dblease(wish, { XDG_STATE_HOME: "/dev/null" });
  expect(code).toBe(1);
  expect(stderr).toContain("XDG_STATE_HOME");
  expect(desk.api.received).toEqual([]);
});

test("--dry-run tells what the rules would say, makes no password and sends no verifier", async () => {
  const role: RoleView = {
    name: "read-only",
    allowed: true,
    approvalNeeded: true,
    breakGlass: false,
    approvalSteps: [{ anyOf: ["ada"], minimum: 1 }],
    maxSeconds: 14400,
    defaultSeconds: 1800,
    because: "engineers may read orders",
  };
  desk.api.answer("POST /grants", { body: role });
  const yes = await desk.dblease([...wish, "--dry-run", "--json"]);
  expect(yes.code).toBe(0);
  expect(JSON.parse(yes.stdout)).toEqual({ data: role });
  const sent = JSON.parse(desk.api.received[0]?.body ?? "");
  expect(sent.dryRun).toBe(true);
  expect(sent).not.toHaveProperty("verifier");
  expect(existsSync(desk.stateFolder)).toBe(false);

  desk.api.answer("POST /grants", {
    body: { ...role, allowed: false, because: "at most 4h, rule engineers-read" },
  });
  const no = await desk.dblease([...wish, "--dry-run"]);
  expect(no.code).toBe(3);
  expect(no.stderr).toContain("at most 4h, rule engineers-read");
});
