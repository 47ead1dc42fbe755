/** What is ours, what is not, and what may be ended without a person (dangers 13). */
import { describe, expect, test } from "vitest";
import type { ListedUser } from "../src/engines/engine.ts";
import type { Grant, GrantStatus } from "../src/grant.ts";
import { mayEnd, reconcile } from "../src/reconcile.ts";

const id = "7k2m9q4x1c0z";
const group = "dbl_orders__read_only";
const until = "2026-11-24T11:00:00.000Z";

function user(more: Partial<ListedUser> = {}): ListedUser {
  return {
    username: `jit_${id}`,
    userOid: "4711",
    marker: `dblease:home:${id}`,
    canLogin: true,
    validUntil: until,
    memberOf: [group, "jit_managed"],
    attributes: [],
    ...more,
  };
}

/** Only what the reconciler reads. */
function grant(status: GrantStatus, more: Partial<Grant> = {}): Grant {
  const base = {
    id,
    status,
    database: { id: "orders" },
    username: `jit_${id}`,
    groupRole: group,
    userOid: "4711",
    expiryApplied: until,
    receipt: {},
  };
  return { ...base, ...more } as unknown as Grant;
}

function found(users: ListedUser[], grants: Grant[], checks: Parameters<typeof reconcile>[0]["checks"] = []) {
  const known = {
    database: "orders",
    installation: "home",
    groupRoles: [group],
    grants: new Map(grants.map((it) => [it.id, it])),
  };
  return reconcile({ users, checks }, known).map((it) => `${it.kind} ${it.what}`);
}

describe("what no grant explains", () => {
  test.each([
    ["a user of an active grant, as it was made", user(), grant("active"), []],
    ["one that is being made or ended", user({ canLogin: false, memberOf: [] }), grant("revoking"), []],
    [
      "one of another database of the same server",
      user(),
      grant("revoked", { database: { id: "x" } as never }),
      [],
    ],
    ["a user by IAM, as it was made", user({ byIam: true }), grant("active", { model: "iam" }), []],
    [
      "a user by IAM that takes a password",
      user(),
      grant("active", { model: "iam" }),
      [`changed_user jit_${id}`],
    ],
    [
      "a user with a password that takes tokens",
      user({ byIam: true }),
      grant("active"),
      [`changed_user jit_${id}`],
    ],
    ["a user whose grant has ended", user(), grant("revoked"), [`returned_user jit_${id}`]],
    ["a request that has no user yet", user(), grant("requested"), [`returned_user jit_${id}`]],
    ["another user under the old name", user({ userOid: "1" }), grant("active"), [`changed_user jit_${id}`]],
    [
      "longer than allowed",
      user({ validUntil: "2036-01-01T00:00:00.000Z" }),
      grant("active"),
      [`changed_user jit_${id}`],
    ],
    ["without an end", user({ validUntil: undefined as never }), grant("active"), [`changed_user jit_${id}`]],
    [
      "with more than its role",
      user({ memberOf: [group, "jit_managed", "dba"] }),
      grant("active"),
      [`changed_user jit_${id}`],
    ],
    ["without its role", user({ memberOf: ["jit_managed"] }), grant("active"), [`changed_user jit_${id}`]],
    ["with an attribute", user({ attributes: ["CREATEROLE"] }), grant("active"), [`changed_user jit_${id}`]],
  ])("%s", (_title, it, row, expected) => {
    expect(found([it], [row])).toEqual(expected);
  });

  test("a user without our marker, or with another's, is nobody of ours", () => {
    const { marker: _, ...bare } = user({ memberOf: [] });
    expect(found([bare], [grant("revoked")])).toEqual([`foreign_user jit_${id}`]);
    expect(found([user({ marker: `dblease:other:${id}`, memberOf: [] })], [])).toEqual([
      `foreign_user jit_${id}`,
    ]);
    expect(found([user({ marker: `dblease:home:${id}:x`, memberOf: [] })], [])).toEqual([
      `foreign_user jit_${id}`,
    ]);
    expect(found([user({ username: "jit_000000000000", memberOf: [] })], [])).toEqual([
      "foreign_user jit_000000000000",
    ]);
  });

  test("a marker without a grant, a grant without its user, a stranger, a group role that differs", () => {
    expect(found([user()], [])).toEqual([`unknown_grant jit_${id}`]);
    expect(found([], [grant("active")])).toEqual([`missing_user jit_${id}`]);
    const stranger = user({ username: "bob", memberOf: [group] });
    const { marker: _, ...bob } = stranger;
    expect(found([bob], [])).toEqual([`stranger bob in ${group}`]);
    const differs = {
      id: `rights:${group}`,
      ok: false,
      sentence: "differs in 1 privileges",
      repair: "REVOKE x",
    };
    expect(found([], [], [differs, { id: "tls", ok: false, sentence: "plain" }])).toEqual([
      `group_role ${group}`,
    ]);
  });
});

describe("what may be ended without a person", () => {
  const returned = { kind: "returned_user", what: `jit_${id}`, sentence: "", grantId: id } as const;

  test.each([
    ["seen twice, the very user of a grant that was proved to have ended", 2, user(), grant("revoked"), true],
    ["seen once", 1, user(), grant("revoked"), false],
    ["another OID", 2, user({ userOid: "1" }), grant("revoked"), false],
    ["a grant that never had a user", 2, user(), grant("cancelled"), false],
    ["a grant without a receipt", 2, user(), grant("revoked", { receipt: undefined as never }), false],
    ["no grant", 2, user(), undefined, false],
  ])("%s", (_title, seen, it, row, expected) => {
    expect(mayEnd(returned, seen, it, row)).toBe(expected);
  });
});
