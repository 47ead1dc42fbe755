/** When a count of logins by IAM says something, and when nobody can know. */
import { describe, expect, test } from "vitest";
import {
  beyondGrants,
  firstJudged,
  type LoginSituation,
  reasons,
  settledUntil,
  strangeHours,
  strangeLogins,
  watched,
  withoutReason,
} from "../../src/audit/counted-logins.ts";
import { isOver } from "../../src/audit/passing-findings.ts";
import type { Config } from "../../src/config.ts";
import type { Finding } from "../../src/finding.ts";
import type { Grant } from "../../src/grant.ts";
import type { LoginCount } from "../../src/login-watch.ts";
import type { Stock, UserReason } from "../../src/stock.ts";

const on = (time: string) => `2026-11-24T${time}:00.000Z`;
const now = new Date(on("18:00"));
const logins = (time: string, count = 1, member = "orders"): LoginCount => ({
  at: on(time),
  member,
  logins: count,
});
type Open = Pick<Grant, "model" | "status" | "activatedAt" | "closedAt">;
const grant = (from: string, until?: string, more: Partial<Open> = {}): Open => ({
  model: "iam",
  status: until ? "revoked" : "active",
  activatedAt: on(from),
  ...(until ? { closedAt: on(until) } : {}),
  ...more,
});

function strange(counts: LoginCount[], grants: Open[], calls: string[] = []): string[] {
  return withoutReason(counts, reasons(grants, calls.map(on), now)).map((it) => it.at.slice(11, 16));
}

describe("a login is strange", () => {
  const day = ["12:00", "13:20", "13:25", "13:30", "14:10", "14:35", "14:40", "17:00"].map((it) =>
    logins(it),
  );

  test("where nothing was open at all", () => {
    expect(strange(day, [])).toHaveLength(8);
    expect(strange([logins("12:00", 0)], [])).toEqual([]);
  });

  test("further than half an hour from every grant by IAM: one that touches is near", () => {
    // 13:20 ends at 13:25, 35 minutes before; 13:25 ends on the dot; 14:40 is 30 minutes after the end.
    expect(strange(day, [grant("14:00", "14:10")])).toEqual(["12:00", "13:20", "17:00"]);
    expect(strange(day, [grant("14:00", "14:05")])).toEqual(["12:00", "13:20", "14:40", "17:00"]);
  });

  test("not between grants that follow each other, whichever database of the server they are of", () => {
    const grants = [grant("11:00", "12:45"), grant("12:45", "14:00"), grant("15:00", "16:30")];
    expect(strange(day, grants)).toEqual([]);
  });

  test("not while a grant goes on, failed in its end, or came back", () => {
    expect(strange(day, [grant("14:00")])).toEqual(["12:00", "13:20"]);
    expect(strange(day, [grant("14:00", undefined, { status: "revoke_failed" })])).toEqual([
      "12:00",
      "13:20",
    ]);
    expect(strange(day, [grant("14:00", "14:05", { status: "revoking" })])).toEqual(["12:00", "13:20"]);
    expect(strange(day, [grant("14:00", undefined, { status: "revoked" })])).toEqual(["12:00", "13:20"]);
  });

  test("beside grants by password, and those that never became active", () => {
    expect(strange(day, [grant("12:00", "17:00", { model: "native" })])).toHaveLength(8);
    expect(strange(day, [{ model: "iam", status: "denied", closedAt: on("14:00") }])).toHaveLength(8);
  });

  test("not while dblease itself may have logged in", () => {
    expect(strange(day, [], ["14:00"])).toEqual(["12:00", "13:20", "14:40", "17:00"]);
  });
});

describe("a server is judged", () => {
  const member = { id: "orders", host: "h", port: 5432, resourceId: "db-A", iamEnabled: true };
  const stock = (...users: [UserReason, boolean][]): Stock => ({
    at: on("17:00"),
    since: on("10:00"),
    more: 0,
    users: users.map(([reason, byIam], index) => ({
      username: `user${index}`,
      reason,
      byIam,
      powers: [],
      sessions: 0,
      addresses: 0,
      firstSeenAt: on("10:00"),
    })),
  });
  const config = (databases: Record<string, object>) => ({ databases }) as unknown as Config;
  const adminUser = "dblease";
  const orders = { instance: "orders", adminUser };
  const situation = (more: Partial<LoginSituation> = {}): LoginSituation => ({
    config: config({ orders }),
    database: "orders",
    members: [member],
    moved: undefined,
    stock: stock(["admin", true], ["grant", true], ["unexplained", true], ["explained", false]),
    functions: ["admin", "grant"],
    ...more,
  });

  test("where nobody logs in by IAM but grants, dblease and whom nothing explains", () => {
    expect(watched(situation())).toMatchObject({ databases: ["orders"], members: ["orders"] });
  });

  test("not where somebody explained does, or the server's own", () => {
    for (const reason of ["explained", "rotation", "server"] as const) {
      expect(watched(situation({ stock: stock([reason, true]) }))).toBeUndefined();
    }
  });

  test("not where its users, its server or the functions are not known", () => {
    expect(watched(situation({ stock: undefined }))).toBeUndefined();
    expect(watched(situation({ stock: { ...stock(), more: 1 } }))).toBeUndefined();
    expect(watched(situation({ moved: "another one" }))).toBeUndefined();
    expect(watched(situation({ functions: [] }))).toBeUndefined();
    expect(watched(situation({ members: [{ ...member, iamEnabled: false }] }))).toBeUndefined();
    expect(watched(situation({ members: [{ id: "writer", host: "h", port: 5432 }] }))).toBeUndefined();
  });

  test("not where people come through a proxy, to whichever database of it", () => {
    const proxied = config({ orders, signed: { ...orders, proxy: "p" } });
    expect(watched(situation({ config: proxied }))).toBeUndefined();
  });

  test("once, for all databases that are on it", () => {
    const rotated = { instance: "orders" };
    const both = config({
      signed: orders,
      orders,
      another: rotated,
      other: { ...orders, instance: "other" },
    });
    expect(watched(situation({ config: both }))?.databases).toEqual(["orders", "signed"]);
    expect(watched(situation({ config: both, database: "signed" }))).toBeUndefined();
  });

  test("by all members of a cluster, one that the configuration also names alone included", () => {
    const members = ["a", "b"].map((id) => ({ ...member, id, resourceId: "cluster-A" }));
    const aurora = config({ aurora: { cluster: "c", adminUser }, second: { instance: "b", adminUser } });
    expect(watched(situation({ config: aurora, database: "aurora", members }))).toMatchObject({
      databases: ["aurora", "second"],
      members: ["a", "b"],
    });
  });

  test("anew where server, databases or functions are others", () => {
    const { of } = watched(situation()) ?? {};
    const others = [
      situation({ members: [{ ...member, resourceId: "db-B" }] }),
      situation({ config: config({ orders, signed: orders }) }),
      situation({ functions: ["admin", "grant", "rotation"] }),
    ];
    for (const it of others) expect(watched(it)?.of).not.toBe(of);
    expect(watched(situation({ members: [member, { ...member, id: "replica" }] }))?.of).toBe(of);
  });
});

test("a look judges what came after the one before, and what CloudWatch has settled", () => {
  expect(firstJudged(new Date("2026-11-24T14:00:00.001Z"))).toBe(on("14:35"));
  expect(firstJudged(new Date(on("14:00")))).toBe(on("14:30"));
  expect(settledUntil(new Date("2026-11-24T14:04:59.999Z"))).toBe(on("13:30"));
  expect(settledUntil(new Date(on("14:05")))).toBe(on("13:35"));
});

test("what is found adds up by the hour, and is told for a week", () => {
  const first = strangeHours([], [logins("13:55", 2, "b"), logins("14:00"), logins("14:55", 1, "a")], now);
  const hours = strangeHours(first, [logins("14:30", 1, "a")], now);
  expect(hours).toEqual([
    { at: on("13:00"), logins: 2, members: ["b"] },
    { at: on("14:00"), logins: 3, members: ["a", "orders"] },
  ]);
  expect(strangeLogins(hours, now)).toEqual([
    {
      kind: "iam_login",
      what: beyondGrants,
      severity: "high",
      sentence: "5 logins by IAM within a week while no grant by IAM was open, and dblease did not log in",
      evidence: [
        "2 logins by IAM to b on 2026-11-24 between 13:00 and 14:00 UTC, while no grant by IAM was open",
        "3 logins by IAM to a, orders on 2026-11-24 between 14:00 and 15:00 UTC, while no grant by IAM was open",
      ],
      repair: "dblease audit scan",
    },
  ]);
  expect(strangeLogins(hours, new Date("2026-12-01T13:30:00.000Z"))[0]?.evidence).toHaveLength(1);
  expect(strangeLogins(hours, new Date("2026-12-01T14:00:00.000Z"))).toEqual([]);
});

test("its finding is over when the week is, that of an attempt a week after it was seen", () => {
  const seen = { kind: "iam_login", seenAt: on("17:00") };
  expect(isOver({ ...seen, what: beyondGrants } as Finding, now)).toBe(true);
  expect(isOver({ ...seen, what: "role/Deploy as orders_app" } as Finding, now)).toBe(false);
});
