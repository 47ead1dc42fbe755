/** What policies amount to: how bad it is, what explains it, whom an event names. */
import { describe, expect, test } from "vitest";
import { type Explanations, unexplained } from "../../src/audit/explained-logins.ts";
import { type Holder, holdersNamedBy } from "../../src/audit/holder.ts";
import { policyFindings } from "../../src/audit/policy-findings.ts";
import { policyReach } from "../../src/audit/policy-reach.ts";
import { triedLogins } from "../../src/audit/tried-logins.ts";
import type { Config } from "../../src/config.ts";
import type { Judgement } from "../../src/iam/judge-logins.ts";

const place = { partition: "aws", region: "eu-west-1", account: "111122223333" };
const grant = "7k2m9q4x1c0z";
const login = (user: string, server = "db-ORDERS") =>
  `arn:aws:rds-db:eu-west-1:111122223333:dbuser:${server}/${user}`;

function holder(path: string, ...statements: object[]): Holder {
  const [kind = "", ...names] = path.split("/");
  const document = JSON.stringify({ Statement: statements });
  return {
    kind: kind as Holder["kind"],
    name: `${names.at(-1)}`,
    arn: `arn:aws:iam::111122223333:${path}`,
    policies: [{ name: "p", document }],
    members: [],
  };
}

const allow = (Resource: string | string[], more = {}) => ({
  Effect: "Allow",
  Action: "rds-db:connect",
  Resource,
  ...more,
});
const reach = (it: Holder) => policyReach(it.policies, place);

describe("how bad it is", () => {
  const ours: Judgement = { is: "allowed", login: { arn: login("any"), database: "orders" } };
  const conditional = { Condition: { Bool: { "aws:SecureTransport": "true" } } };
  test.each<[string, Holder, Judgement, string[]]>([
    ["AWS allows it on a database of ours", holder("user/rita", allow("*")), ours, ["high"]],
    [
      "AWS allows it elsewhere",
      holder("user/rita", allow("*")),
      { is: "allowed", login: { arn: "x" } },
      ["medium"],
    ],
    ["nobody is in the group", holder("group/dba", allow("*")), ours, ["low"]],
    ["AWS says no to all that is meant", holder("user/rita", allow(login("a"))), { is: "denied" }, []],
    [
      "AWS says no, not knowing the condition",
      holder("user/rita", allow("*", conditional)),
      { is: "denied" },
      ["medium"],
    ],
    [
      "AWS says no to one of all that a wildcard means",
      holder("user/rita", allow("*")),
      { is: "denied" },
      ["medium"],
    ],
    [
      "AWS says no to the first of more than it is asked about",
      holder("user/rita", allow(Array.from({ length: 21 }, (_, n) => login(`a${n}`)))),
      { is: "denied" },
      ["medium"],
    ],
    [
      "AWS says no to one of all that a policy may mean which cannot be read",
      { ...holder("user/rita"), policies: [{ name: "p", document: "{" }] },
      { is: "denied" },
      ["medium"],
    ],
    [
      "AWS could not be asked",
      holder("user/rita", allow("*")),
      { is: "unknown", why: "Throttling" },
      ["high"],
    ],
  ])("%s", (_, it, judgement, expected) => {
    expect(policyFindings(it, reach(it), judgement).map(({ severity }) => severity)).toEqual(expected);
  });

  test("evidence of a hostile length is cut", () => {
    const many = Array.from({ length: 50 }, (_, n) => allow(`${login("*")}${"a?".repeat(400)}${n}`));
    const it = holder("user/rita", ...many);
    const [found] = policyFindings(it, reach(it), ours);
    expect(JSON.stringify(found).length).toBeLessThan(8_000);
    expect(found?.evidence?.at(-1)).toBe("and 38 more");
  });
});

describe("what has its reason", () => {
  const config = {
    databases: {
      orders: { adminUser: "dblease", resourceIds: ["db-ORDERS"] },
      carts: { resourceIds: ["db-CARTS"] },
    },
    explained: [{ principal: "role/AWSReservedSSO_Admin_*", because: "break-glass" }],
  } as unknown as Config;
  const ownRole = "arn:aws:iam::111122223333:role/connect";
  const known: Explanations = { config, place, ownRoles: [ownRole], grants: new Set([grant]) };
  test.each<[string, Holder, boolean]>([
    ["the connect role, for users of grants", holder("role/connect", allow(login("jit_*"))), true],
    [
      "the connect role, on a server whose admin has a password",
      holder("role/connect", allow(login("jit_*", "db-CARTS"))),
      true,
    ],
    ["a function, for its admin", holder("role/connect", allow(login("dblease"))), true],
    ["the connect role, for more", holder("role/connect", allow(login("*"))), false],
    ["another role of that name", holder("role/x/connect", allow(login("jit_*"))), false],
    [
      "a person's role, for the user of an open grant",
      holder("role/dblease/rita", allow(login(`jit_${grant}`))),
      true,
    ],
    [
      "a person's role, for one that is closed",
      holder("role/dblease/rita", allow(login("jit_000000000000"))),
      false,
    ],
    [
      "a person's role, for more",
      holder("role/dblease/rita", allow([login(`jit_${grant}`), login("a")])),
      false,
    ],
    ["another role, for the user of a grant", holder("role/rita", allow(login(`jit_${grant}`))), false],
    [
      "what the configuration names",
      holder("role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a1b", allow("*")),
      true,
    ],
    ["what it does not name", holder("role/Admin", allow("*")), false],
  ])("%s: %#", (_, it, expected) => {
    expect(unexplained(it, reach(it), known).length === 0).toBe(expected);
  });
});

test("AWS is asked about our servers first, and about what a pattern means elsewhere", () => {
  const servers = [{ database: "orders", resourceId: "db-ORDERS" }];
  const asked = (...resources: string[]) => {
    const it = holder("user/rita", allow(resources));
    return triedLogins(reach(it), servers, place).map(({ arn }) => arn.slice("arn:aws:rds-db:".length));
  };
  expect(asked("*")).toEqual([
    "eu-west-1:111122223333:dbuser:db-ORDERS/any",
    "eu-west-1:111122223333:dbuser:db-ANY/any",
  ]);
  expect(asked(login("jit_*"))).toEqual(["eu-west-1:111122223333:dbuser:db-ORDERS/jit_x"]);
  expect(asked("arn:aws:rds-db:us-*-1:*:dbuser:db-X/a")).toEqual(["us-x-1:111122223333:dbuser:db-X/a"]);
});

describe("whom an event names", () => {
  const policyArn = "arn:aws:iam::111122223333:policy/p";
  test.each<[object, object]>([
    [{ userName: "rita", policyName: "p" }, { holders: [{ kind: "user", name: "rita" }] }],
    [{ roleName: "deploy", policyArn }, { holders: [{ kind: "role", name: "deploy" }] }],
    [
      { userName: "rita", groupName: "dba" },
      {
        holders: [
          { kind: "user", name: "rita" },
          { kind: "group", name: "dba" },
        ],
      },
    ],
    [
      { userName: "rita", newUserName: "rita2" },
      {
        holders: [
          { kind: "user", name: "rita" },
          { kind: "user", name: "rita2" },
        ],
      },
    ],
    [
      { policyArn, versionId: "v2" },
      { holders: [], policy: policyArn },
    ],
    [{ userName: "a/../b", policyArn: "x" }, { holders: [] }],
    [{ userName: { $ne: 1 } }, { holders: [] }],
  ])("%j", (requestParameters, expected) => {
    expect(holdersNamedBy({ requestParameters })).toEqual(expected);
  });

  test.each([
    [{ errorCode: "AccessDenied", requestParameters: { userName: "rita" } }],
    [null],
    ["text"],
    [{}],
  ])("nobody: %j", (record) => {
    expect(holdersNamedBy(record)).toEqual({ holders: [] });
  });
});
