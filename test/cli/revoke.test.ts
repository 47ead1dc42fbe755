import { afterEach, beforeEach, expect, test } from "vitest";
import { type Desk, openDesk } from "./cli-desk.ts";
import { activeGrant, grantView, id, receipt, revokedGrant } from "./grant-view.ts";

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

test("revoke waits for the end and prints the receipt on stdout", async () => {
  desk.api.answer(`POST /grants/${id}/revoke`, { status: 202, body: activeGrant() });
  desk.api.answer(
    `GET /grants/${id}`,
    { body: activeGrant({ status: "revoking" }) },
    { body: revokedGrant() },
  );
  const { code, stdout, stderr } = await desk.dblease(["revoke", id, "--reason", "found the cause"]);
  expect(code).toBe(0);
  expect(JSON.parse(desk.api.received[0]?.body ?? "")).toEqual({ reason: "found the cause" });
  expect(stdout).toMatch(new RegExp(`^✓ jit_${id} is gone from orders, read back at .*09:20:00\\n`));
  for (const fact of ["users", "sessions", "privileges", "owned objects", "prepared transactions"]) {
    expect(stdout).toMatch(new RegExp(`\\n  ${fact} +0(  1 ended)?\\n`));
  }
  expect(stdout).toContain("read back on orders  127.0.0.1:5432  0 sessions");
  expect(stderr).toContain("revoking: bar new logins");
});

test("residue is exit code 1, listed with the statements that finish it", async () => {
  const left = receipt({
    users: 1,
    objects: 1,
    residue: [
      {
        kind: "executable",
        where: "orders",
        what: "function public.leak()",
        statement: "DROP FUNCTION public.leak()",
      },
    ],
  });
  const quarantined = activeGrant({ status: "quarantined", version: 9, receipt: left });
  desk.api.answer(`POST /grants/${id}/revoke`, { status: 202, body: activeGrant({ status: "revoking" }) });
  desk.api.answer(`GET /grants/${id}`, { body: quarantined });
  const words = await desk.dblease(["revoke", id]);
  expect(words.code).toBe(1);
  expect(words.stdout).toContain("executable: function public.leak() (orders)");
  expect(words.stdout).toContain("DROP FUNCTION public.leak()");
  expect(words.stderr).toContain(`next:  run the statements above, then dblease revoke ${id}`);
  const machine = await desk.dblease(["revoke", id, "--json"]);
  expect(machine.code).toBe(1);
  expect(JSON.parse(machine.stdout).data.receipt.residue).toEqual(left.residue);
});

test("a second revoke of a quarantined grant waits for the new attempt instead of the old verdict", async () => {
  const quarantined = activeGrant({ status: "quarantined", version: 9, receipt: receipt({ users: 1 }) });
  desk.api.answer(`POST /grants/${id}/revoke`, { status: 202, body: quarantined });
  desk.api.answer(`GET /grants/${id}`, { body: quarantined }, { body: revokedGrant({ version: 12 }) });
  const { code, stdout } = await desk.dblease(["revoke", id]);
  expect(code).toBe(0);
  expect(stdout).toContain("is gone from orders");
});

test("an unreachable database is exit code 1, never a receipt", async () => {
  const failure = {
    code: "DATABASE_UNREACHABLE",
    message: "orders did not answer",
    at: "2026-11-24T09:20:00.000Z",
    count: 3,
  };
  desk.api.answer(`POST /grants/${id}/revoke`, { status: 202, body: activeGrant({ status: "revoking" }) });
  desk.api.answer(`GET /grants/${id}`, {
    body: activeGrant({ status: "revoke_failed", version: 9, failure }),
  });
  const { code, stdout, stderr } = await desk.dblease(["revoke", id]);
  expect(code).toBe(1);
  expect(stdout).not.toContain("gone");
  expect(stderr).toContain("not proved yet: orders did not answer");
});

test("--no-wait is exit code 5 and Ctrl-C is 130; both say that the revoke goes on", async () => {
  desk.api.answer(`POST /grants/${id}/revoke`, { status: 202, body: activeGrant({ status: "revoking" }) });
  desk.api.answer(`GET /grants/${id}`, { body: activeGrant({ status: "revoking" }) });
  const quick = await desk.dblease(["revoke", id, "--no-wait"]);
  expect(quick.code).toBe(5);
  expect(quick.stderr).toContain("goes on by itself");
  const running = desk.start(["revoke", id, "--json"]);
  await running.says("revoking:");
  running.interrupt();
  const { code, stdout } = await running.finished;
  expect(code).toBe(130);
  expect(JSON.parse(stdout).error).toMatchObject({ code: "INTERRUPTED", next: `dblease show ${id} --wait` });
});

test("show tells what happened in order and ends with the receipt", async () => {
  const grant = revokedGrant({
    approvals: [{ id: "AIDAADA", name: "ada", at: "2026-11-24T09:01:00.000Z", reason: "agreed" }],
  });
  desk.api.answer(`GET /grants/${id}`, { body: grant });
  const { code, stdout } = await desk.dblease(["show", id]);
  expect(code).toBe(0);
  const story = [
    "rita asked for read-only for 30m: “Why is order 4711 stuck?”",
    "ada approved: “agreed”",
    `active as jit_${id}`,
    "ended early by rita",
    "fenced, 1 open session ended",
    "user dropped",
    "database read back",
    "✓ jit_",
  ];
  const places = story.map((sentence) => stdout.indexOf(sentence));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test("show --wait resumes a wait and ends when the grant is active", async () => {
  desk.api.answer(
    `GET /grants/${id}`,
    { body: grantView() },
    { body: grantView({ status: "granting" }) },
    { body: activeGrant() },
  );
  const { code, stdout } = await desk.dblease(["show", id, "--wait", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).data.status).toBe("active");
});

test("a reason cannot paint a false receipt on the screen", async () => {
  const reason = "harmless\u001b[2J\n✓ jit_x is gone\u202e";
  desk.api.answer(`GET /grants/${id}`, { body: grantView({ reason }) });
  const { stdout } = await desk.dblease(["show", id]);
  for (const trick of ["\u001b", "\u202e", "\n✓"]) expect(stdout).not.toContain(trick);
});
