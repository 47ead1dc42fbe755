/** Which policies may open a database, by tables; and held to another's judgement, MiniStack's evaluator of IAM policies. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { covers, overlaps } from "../../src/audit/pattern.ts";
import { isUnconditional, policiesWithNoSuchAction, policyReach } from "../../src/audit/policy-reach.ts";

const home = { partition: "aws", account: "000000000000" };
const user = (name: string, server = "db-ORDERS") =>
  `arn:aws:rds-db:eu-west-1:000000000000:dbuser:${server}/${name}`;

type Text = Record<string, unknown>;
const policy = (...statements: Text[]) => ({
  name: "p",
  document: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
});
const allow = (Action: unknown, Resource: unknown = "*", more: Text = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, Resource: unknown = "*", more: Text = {}) => ({
  ...allow(Action, Resource, more),
  Effect: "Deny",
});

/** Resources that are reached, and what stands between. */
function reached(statements: Text[], boundary?: Text[]): string[] {
  const found = policyReach([policy(...statements)], home, boundary && policy(...boundary));
  return found.flatMap((it) => [
    ...it.resources,
    ...it.conditions.map((text) => `if ${text}`),
    ...it.exceptions.map((text) => `but ${text}`),
    ...(it.variables ? ["by a variable"] : []),
  ]);
}

describe("reaches a database", () => {
  const everyUser = "arn:aws:rds-db:*:*:dbuser:*";
  test.each<[string, Text, string[]]>([
    ["by name", allow("rds-db:connect", user("rita")), [user("rita")]],
    ["in any case", allow("RDS-DB:Connect", user("rita")), [user("rita")]],
    ["in lists", allow(["s3:*", "rds-db:connect"], ["arn:aws:s3:::x", user("a")]), [user("a")]],
    ["by a wildcard in the action", allow("rds-db:*", everyUser), [everyUser]],
    ["by a wildcard inside the action", allow("rds-db:c?nn*", everyUser), [everyUser]],
    ["as everything", allow("*"), ["*"]],
    ["by NotAction", { Effect: "Allow", NotAction: "iam:*", Resource: "*" }, ["*"]],
    [
      "by NotResource",
      { Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::x" },
      ["everything but arn:aws:s3:::x"],
    ],
    [
      "by a variable",
      allow("rds-db:connect", user(`\${aws:username}`)),
      [user(`\${aws:username}`), "by a variable"],
    ],
    ["in an ARN that ends early", allow("rds-db:connect", "arn:aws:rds-db"), ["arn:aws:rds-db"]],
    [
      "under a condition",
      allow("rds-db:connect", "*", { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }),
      ["*", "if Bool aws:MultiFactorAuthPresent"],
    ],
    ["in names of elements of any case", { effect: "Allow", action: "rds-db:connect", resource: "*" }, ["*"]],
    [
      "of any region",
      allow("rds-db:connect", "arn:aws:rds-db:*-west-?:*:dbuser:db-?/*"),
      ["arn:aws:rds-db:*-west-?:*:dbuser:db-?/*"],
    ],
  ])("%s", (_, statement, expected) => {
    expect(reached([statement])).toEqual(expected);
  });

  test("a document that cannot be read may say anything", () => {
    expect(policyReach([{ name: "p", document: "{" }], home)).toMatchObject([
      { statement: "that cannot be read", resources: ["*"] },
    ]);
  });
});

describe("reaches none", () => {
  test.each<[string, Text]>([
    ["another action", allow("rds:*")],
    ["an action that does not exist", allow("rds:GenerateDBAuthToken")],
    ["NotAction that leaves it out", { Effect: "Allow", NotAction: ["s3:*", "RDS-db:*"], Resource: "*" }],
    ["another service's resource", allow("*", "arn:aws:rds:*:*:db:*")],
    ["another account's database", allow("rds-db:*", "arn:aws:rds-db:eu-west-1:111122223333:dbuser:*")],
    ["another partition's database", allow("rds-db:*", "arn:aws-cn:rds-db:*:*:dbuser:*")],
    [
      "NotResource that leaves it out",
      { Effect: "Allow", Action: "*", NotResource: "arn:aws:rds-db:*:*:dbuser:*" },
    ],
    ["no Allow", deny("rds-db:connect")],
  ])("%s", (_, statement) => {
    expect(reached([statement])).toEqual([]);
  });
});

describe("a Deny", () => {
  test.each<[string, Text, Text, string[]]>([
    ["of everything takes it away", allow("*"), deny("*"), []],
    ["of all database users takes it away", allow("*"), deny("rds-db:*", "arn:aws:rds-db:*:*:dbuser:*"), []],
    ["of a server takes its users away", allow("rds-db:connect", user("a")), deny("*", user("*")), []],
    ["by NotAction takes it away", allow("*"), { Effect: "Deny", NotAction: "s3:*", Resource: "*" }, []],
    [
      "by NotResource takes the others away",
      allow("*", user("b")),
      { Effect: "Deny", Action: "*", NotResource: user("a") },
      [],
    ],
    [
      "of one user is told",
      allow("*"),
      deny("rds-db:connect", user("a"), { Sid: "NotA" }),
      ["*", "but NotA"],
    ],
    ["of another user is nothing", allow("*", user("b")), deny("*", user("a")), [user("b")]],
    [
      "under a condition is told as one",
      allow("*"),
      deny("*", "*", { Condition: { StringNotLike: { "aws:PrincipalArn": "x" } } }),
      ["*", "if not StringNotLike aws:PrincipalArn"],
    ],
    ["with a variable is told", allow("*"), deny("*", user(`\${aws:username}`)), ["*", "but number 2"]],
  ])("%s", (_, one, other, expected) => {
    expect(reached([one, other])).toEqual(expected);
    // Whichever policy it stands in.
    const two = [policy(one), policy(other)];
    expect(policyReach(two, home).flatMap((it) => it.resources)).toEqual(expected.slice(0, 1));
  });
});

describe("a boundary", () => {
  test.each<[string, Text, string[]]>([
    ["without logins takes it away", allow("s3:*"), []],
    ["of everything changes nothing", allow("*"), ["*"]],
    [
      "of some users is told",
      allow("rds-db:connect", user("a"), { Sid: "OnlyA" }),
      ["*", "but boundary OnlyA"],
    ],
    ["that denies takes it away", deny("*"), []],
    [
      "with a condition is told",
      allow("*", "*", { Condition: { Bool: { "aws:SecureTransport": "true" } } }),
      ["*", "if Bool aws:SecureTransport", "but boundary number 1"],
    ],
  ])("%s", (_, boundary, expected) => {
    expect(reached([allow("*")], [boundary])).toEqual(expected);
  });
});

test("the action that AWS does not have is told in any case, a wildcard is not", () => {
  const all = ["rds:GenerateDBAuthToken", "RDS:generatedbauthtoken", "rds:*"].map((it, n) => ({
    ...policy(allow(it)),
    name: `${n}`,
  }));
  expect(policiesWithNoSuchAction(all)).toEqual(["0", "1"]);
});

test("patterns of a hostile length are read in a moment", () => {
  const stars = "*a".repeat(3000);
  expect(covers(stars, "a".repeat(5999))).toBe(true);
  expect(overlaps(stars, `${"a*".repeat(3000)}b`)).toBe(false);
});

const few = fc.stringMatching(/^[ab*?]{0,5}$/);
const plainText = fc.stringMatching(/^[ab]{0,5}$/);

test("what fits a pattern, fits it in both ways of asking; what a pattern covers, it meets", () => {
  fc.assert(
    fc.property(few, few, plainText, (one, other, text) => {
      const fits = (pattern: string) =>
        new RegExp(`^${pattern.replace(/\*/g, ".*").replace(/\?/g, ".")}$`).test(text);
      expect(covers(one, text)).toBe(fits(one));
      expect(overlaps(one, text)).toBe(fits(one));
      expect(overlaps(one, other)).toBe(overlaps(other, one));
      if (fits(one) && fits(other)) expect(overlaps(one, other)).toBe(true);
      if (covers(one, other) && fits(other)) expect(fits(one)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

const anAction = fc.constantFrom(
  "rds-db:connect",
  "RDS-DB:CONNECT",
  "rds-db:*",
  "*",
  "rds:*",
  "s3:Get*",
  "rds-db:c*t",
);
const aResource = fc.constantFrom(
  "*",
  "arn:aws:rds-db:*:*:dbuser:*",
  "arn:aws:rds-db:eu-west-1:000000000000:dbuser:db-ORDERS/*",
  "arn:aws:rds-db:*:*:dbuser:*/a",
  "arn:aws:rds-db:us-?ast-1:*:dbuser:db-*/b",
  "arn:aws:s3:::bucket/*",
  user("a"),
  user("b"),
  user("?", "db-CARTS"),
);
const someOf = <T>(it: fc.Arbitrary<T>) => fc.uniqueArray(it, { minLength: 1, maxLength: 3 });
const aStatement = fc
  .record({
    effect: fc.constantFrom("Allow", "Allow", "Deny"),
    action: fc.constantFrom("Action", "Action", "NotAction"),
    actions: someOf(anAction),
    resource: fc.constantFrom("Resource", "Resource", "NotResource"),
    resources: someOf(aResource),
  })
  .map((it) => ({ Effect: it.effect, [it.action]: it.actions, [it.resource]: it.resources }));
const aDocument = fc.array(aStatement, { minLength: 1, maxLength: 3 });
const aCase = fc.record({
  policies: fc.array(aDocument, { minLength: 1, maxLength: 2 }),
  boundary: fc.option(aDocument, { nil: undefined, freq: 3 }),
});
type Case = typeof aCase extends fc.Arbitrary<infer Value> ? Value : never;
const tried = ["eu-west-1", "us-east-1"].flatMap((region) =>
  ["db-ORDERS", "db-CARTS"].flatMap((server) =>
    ["a", "b", "c"].map((name) => `arn:aws:rds-db:${region}:000000000000:dbuser:${server}/${name}`),
  ),
);

/** Which of the tried users each case lets in, as MiniStack's evaluator says. */
function judged(cases: Case[]): string[][] {
  const python = join(import.meta.dirname, "../../.local/python/bin/python");
  const judge = join(import.meta.dirname, "emulator-judge.py");
  return JSON.parse(execFileSync(python, [judge], { input: JSON.stringify({ tried, cases }) }).toString());
}

test("nobody whom an evaluator lets in is missed, and nobody is accused whom it keeps out", () => {
  const cases = fc.sample(aCase, 1000);
  const said = judged(cases).map((users, index) => ({ users, of: cases[index] as Case }));
  for (const { users, of } of said) {
    const texts = of.policies.map((it) => policy(...it));
    const found = policyReach(texts, home, of.boundary && policy(...of.boundary));
    const text = JSON.stringify(of);
    if (users.length > 0) expect(found, text).not.toEqual([]);
    // NotResource is told as everything but some, and the few that were tried may be these.
    const certain = found.filter(
      (it) => isUnconditional(it) && !it.resources.some((r) => r.startsWith("everything")),
    );
    if (certain.length > 0) expect(users, text).not.toEqual([]);
  }
  // The cases are no plain ones: both answers come often.
  expect(said.filter((it) => it.users.length > 0).length).toBeGreaterThan(100);
  expect(said.filter((it) => it.users.length === 0).length).toBeGreaterThan(100);
});
