import { afterEach, beforeEach, expect, test } from "vitest";
import type { ErrorCode } from "../../src/errors.ts";
import type { DatabaseView, DoctorView, PlanView } from "../../src/views.ts";
import { type Desk, openDesk } from "./cli-desk.ts";
import { activeGrant, grantView, id } from "./grant-view.ts";

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const databases: DatabaseView[] = [
  {
    id: "orders",
    engine: "postgres",
    provenAgainst: "real server",
    roles: [
      {
        name: "read-only",
        allowed: true,
        approvalNeeded: true,
        breakGlass: false,
        approvalSteps: [{ anyOf: ["ada", "root"], minimum: 1 }],
        maxSeconds: 14400,
        defaultSeconds: 1800,
        because: "rule engineers-read",
      },
      {
        name: "read-write",
        allowed: false,
        approvalNeeded: false,
        breakGlass: false,
        approvalSteps: [],
        maxSeconds: 0,
        defaultSeconds: 0,
        because: "no rule lets you",
      },
    ],
  },
];
const plan: PlanView = {
  database: "orders",
  role: "read-only",
  grant: ["CREATE ROLE x"],
  revoke: ["DROP ROLE x;"],
};
const sick: DoctorView = {
  database: "orders",
  checks: [
    { id: "reachable", ok: true, sentence: "orders answers" },
    {
      id: "public-create",
      ok: false,
      sentence: "PUBLIC may create in public",
      repair: "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    },
  ],
};

test("every command answers one object with data under --json, and the same for people on stdout", async () => {
  const { api } = desk;
  api.answer("GET /databases", { body: { databases } });
  api.answer("GET /databases/orders/plan?role=read-only", { body: plan });
  api.answer("POST /databases/orders/prepare", { body: { database: "orders", checks: [] } });
  for (const line of ["GET /grants", "GET /grants?mine=true"])
    api.answer(line, { body: { grants: [activeGrant(), grantView({ id: "0000000000zz" })] } });
  api.answer("GET /grants?toApprove=true", { body: { grants: [grantView()] } });
  for (const verb of ["approve", "deny", "cancel"])
    api.answer(`POST /grants/${id}/${verb}`, { body: grantView() });
  api.answer(`POST /grants/${id}/extend`, { body: activeGrant() });
  const decision = { outcome: "refused", because: "rule office denies it", next: "-" };
  api.answer("GET /policy/explain?as=rita&database=orders&role=read-only", { body: decision });
  const expected: [string[], unknown, string][] = [
    [
      ["policy", "explain", "orders", "read-only", "--as", "rita"],
      decision,
      "refused: rule office denies it",
    ],
    [["databases"], databases, "ada or root"],
    [["databases", "prepare", "orders"], { database: "orders", checks: [] }, "orders"],
    [["plan", "orders", "--role", "read-only"], plan, "CREATE ROLE x;\n\n-- revoke\nDROP ROLE x;\n"],
    [["grants"], [activeGrant(), grantView({ id: "0000000000zz" })], "0000000000zz  requested"],
    [["grants", "--to-approve"], [grantView()], "Why is order 4711 stuck?"],
    [[], [activeGrant()], `eval "$(dblease credential ${id} --env)" && psql`],
    [["approve", id, "--reason", "fine"], grantView(), `approved ${id}: read-only on orders for rita`],
    [["deny", id, "--reason", "no"], grantView(), `denied ${id}`],
    [["cancel", id.toUpperCase()], grantView(), `cancelled ${id}`],
    [["extend", id, "--by", "30m"], activeGrant(), `extended ${id}`],
  ];
  for (const [args, data, text] of expected) {
    const machine = await desk.dblease([...args, "--json"]);
    expect([args, machine.code, JSON.parse(machine.stdout)]).toEqual([args, 0, { data }]);
    const people = await desk.dblease(args);
    expect([args, people.code]).toEqual([args, 0]);
    expect(people.stdout).toContain(text);
    expect(people.stdout).not.toContain("\u001b");
  }
  const approve = api.received.find((it) => it.line.endsWith("/approve"));
  expect(JSON.parse(approve?.body ?? "")).toEqual({ reason: "fine" });
  const extend = api.received.find((it) => it.line.endsWith("/extend"));
  expect(JSON.parse(extend?.body ?? "")).toEqual({ durationSeconds: 1800 });
});

test("nothing to show is no data on stdout and a hint on stderr", async () => {
  desk.api.answer("GET /grants?mine=true", { body: { grants: [] } });
  const { code, stdout, stderr } = await desk.dblease([]);
  expect([code, stdout]).toEqual([0, ""]);
  expect(stderr).toContain("dblease databases");
});

test("doctor exits with 1 when a check fails, and names the repair; without a name it looks at all", async () => {
  desk.api.answer("POST /databases/orders/doctor", { body: sick });
  desk.api.answer("GET /databases", { body: { databases } });
  const one = await desk.dblease(["doctor", "orders"]);
  expect(one.code).toBe(1);
  expect(one.stdout).toContain("ok    orders answers");
  expect(one.stdout).toMatch(
    /fail {2}PUBLIC may create in public\n +REVOKE CREATE ON SCHEMA public FROM PUBLIC/,
  );
  const all = await desk.dblease(["doctor", "--json"]);
  expect(all.code).toBe(1);
  expect(JSON.parse(all.stdout)).toEqual({ data: [sick] });
});

test.each<[ErrorCode, number, number]>([
  ["NOT_FOUND", 404, 1],
  ["NOT_ALLOWED", 403, 3],
  ["REFUSED", 403, 3],
  ["OWN_REQUEST", 403, 3],
  ["WRONG_STATUS", 409, 1],
  ["CONFLICT", 409, 1],
  ["BAD_REQUEST", 400, 2],
  ["BAD_VERIFIER", 400, 1],
  ["TOO_MANY", 429, 3],
  ["NOT_SIGNED_IN", 401, 4],
  ["UNAVAILABLE", 503, 1],
])("the problem %s (%i) is exit code %i with its sentence and next step", async (code, status, exit) => {
  const problem = {
    type: "about:blank",
    title: code,
    status,
    detail: `a sentence about ${code}`,
    code,
    next: "the next step",
  };
  desk.api.answer(`POST /grants/${id}/approve`, { status, body: problem });
  const machine = await desk.dblease(["approve", id, "--json"]);
  expect(machine.code).toBe(exit);
  expect(JSON.parse(machine.stdout)).toEqual({
    error: { code, message: problem.detail, next: problem.next },
  });
  const people = await desk.dblease(["approve", id]);
  expect(people).toEqual({
    code: exit,
    stdout: "",
    stderr: `error: ${problem.detail}\nnext:  the next step\n`,
  });
});

test("an answer that is not the API's is said to be so", async () => {
  desk.api.answer("GET /grants", { status: 500, body: "<html>" });
  const { code, stderr } = await desk.dblease(["grants"]);
  expect(code).toBe(1);
  expect(stderr).toContain("answered 500");
  expect(stderr).toContain("DBLEASE_API");
});

test("FORCE_COLOR colours, NO_COLOR wins over it", async () => {
  desk.api.answer("GET /grants?mine=true", { body: { grants: [activeGrant()] } });
  expect((await desk.dblease([], { FORCE_COLOR: "1" })).stdout).toContain("\u001b[32mactive");
  expect((await desk.dblease([], { FORCE_COLOR: "1", NO_COLOR: "1" })).stdout).not.toContain("\u001b");
});
