/** Which rule decides, and what it wants of a request. */
import { describe, expect, test } from "vitest";
import { type Config, readConfig } from "../src/config.ts";
import { decide } from "../src/decide.ts";
import { isWithin } from "../src/hours.ts";

function withRules(rules: string): Config {
  return readConfig(
    `
persons: { rita: [AIDARITA], ada: [AIDAADA] }
groups: { engineers: [rita, ada] }
roles: { read-only: [{ schemas: [public], privileges: [select] }] }
databases:
  orders: { engine: postgres, host: db, port: 5432, database: orders, adminSecret: env:A, roles: [read-only], tags: { env: prod } }
  stock: { engine: postgres, host: db, port: 5432, database: stock, adminSecret: env:A, roles: [read-only] }
rules:
${rules}`,
    "rules.yaml",
  );
}

const rita = { id: "person/rita", name: "rita" };
const tuesday = new Date("2026-11-24T10:00:00.000Z");

function deciding(rules: string, more: object = {}, now = tuesday) {
  return decide({ person: rita, database: "orders", role: "read-only", ...more }, withRules(rules), now);
}

const anyone = `  - { id: anyone, who: ["*"], databases: ["*"], roles: ["*"], limits: { max: 1h } }`;
const orders = `  - { id: orders, who: ["*"], databases: [orders], roles: ["*"], limits: { max: 2h } }`;
const people = `  - { id: people, who: [engineers], databases: ["*"], roles: ["*"], limits: { max: 3h } }`;
const deny = `  - { id: freeze-rita, effect: deny, who: [rita], databases: [orders], roles: ["*"] }`;

describe("which rule decides", () => {
  test.each([
    ["the allow with the fewest wildcards in who", [anyone, orders, people], "people"],
    ["then the one with the fewest in what", [anyone, orders], "orders"],
    ["then the first of the file", [people, people.replace("people", "others")], "people"],
    ["a deny, wherever it stands", [people, deny], "freeze-rita"],
  ])("%s", (_title, rules, id) => {
    expect(deciding(rules.join("\n"))).toMatchObject({ rule: id });
  });

  test("a deny says so, and does not reach beyond what it names", () => {
    expect(deciding(`${people}\n${deny}`)).toEqual({
      outcome: "refused",
      rule: "freeze-rita",
      because: "rule freeze-rita denies it",
      next: expect.any(String),
    });
    expect(deciding(`${people}\n${deny}`, { database: "stock" }).outcome).toBe("allowed");
  });

  test("a deny with hours holds in these hours only", () => {
    const night = deny.replace(
      "effect: deny,",
      'effect: deny, hours: { from: "20:00", to: "06:00", timeZone: Europe/Berlin },',
    );
    expect(deciding(`${people}\n${night}`).outcome).toBe("allowed");
    expect(deciding(`${people}\n${night}`, {}, new Date("2026-11-24T23:30:00.000Z")).outcome).toBe("refused");
  });
});

describe("what a rule wants", () => {
  const strict = `  - { id: strict, who: [rita], databases: [orders], roles: ["*"], reason: ".{10,}", ticket: "OPS-\\\\d+", limits: { max: 1h } }`;

  test.each([
    [{ reason: "why was it late?", ticket: "OPS-4711" }, "allowed"],
    [{ reason: "short", ticket: "OPS-4711" }, "refused"],
    [{ reason: "why was it late?" }, "refused"],
    [{ reason: "why was it late?", ticket: "xOPS-4711" }, "refused"],
  ])("%j is %s", (wish, outcome) => {
    expect(deciding(strict, wish)).toMatchObject({ outcome, rule: "strict" });
  });

  test("a list of what one may ask for brings no reason and is not refused for it", () => {
    expect(deciding(strict).outcome).toBe("allowed");
  });

  test("outside its hours a rule says which they are", () => {
    const office = `  - { id: office, who: [rita], databases: [orders], roles: ["*"], hours: { days: [mon, tue], from: "08:00", to: "18:00", timeZone: Europe/Berlin } }`;
    expect(deciding(office).outcome).toBe("allowed");
    expect(deciding(office, {}, new Date("2026-11-25T10:00:00.000Z"))).toMatchObject({
      outcome: "refused",
      because: "rule office allows it only mon, tue from 08:00 to 18:00 (Europe/Berlin)",
    });
  });

  test.each([
    [
      "a time zone nobody knows",
      'hours: { from: "08:00", to: "18:00", timeZone: Europe/Nowhere }',
      "no such time zone",
    ],
    ["a time that is none", 'hours: { from: "8", to: "18:00", timeZone: UTC }', "write HH:MM"],
    ["a pattern that is none", 'ticket: "("', "not a regular expression"],
  ])("%s is refused with its place", (_title, field, message) => {
    expect(() =>
      withRules(`  - { id: x, who: [rita], databases: [orders], roles: ["*"], ${field} }`),
    ).toThrow(message);
  });
});

describe("who and what by group and tag", () => {
  const traits = (iamGroups: string[], tags = {}) => ({
    id: "AIDAX",
    name: "AIDAX",
    traits: { iamGroups, tags },
  });
  const dbas = `  - { id: dbas, who: [iam-group/dbas], databases: [tag/env=prod], roles: ["*"] }`;
  const noInterns = `  - { id: no-interns, effect: deny, who: [iam-group/interns], databases: ["*"], roles: ["*"] }`;
  const asked = (person: object, database = "orders", rules = dbas) =>
    deciding(rules, { person, database }).outcome;

  test("by IAM group, and by the tag of a database in the configuration", () => {
    expect(asked(traits(["dbas"]))).toBe("allowed");
    expect(asked(traits(["others"]))).toBe("refused");
    expect(asked(traits(["dbas"]), "stock")).toBe("refused");
  });

  test("who cannot be looked up is allowed nothing by it, and denied everything", () => {
    const unknown = { id: "AIDAX", name: "AIDAX" };
    expect(asked(unknown)).toBe("refused");
    const everybody = `  - { id: everybody, who: ["*"], databases: ["*"], roles: ["*"] }`;
    expect(asked(unknown, "orders", everybody)).toBe("allowed");
    expect(asked(unknown, "orders", `${everybody}\n${noInterns}`)).toBe("refused");
    expect(asked(traits([]), "orders", `${everybody}\n${noInterns}`)).toBe("allowed");
  });

  test("a tag of people must be one that they cannot set themselves", () => {
    const team = `  - { id: team, who: [tag/team=payments], databases: ["*"], roles: ["*"] }`;
    expect(() => deciding(team)).toThrow('trustedTags: name "team" there');
    expect(asked(traits([], { team: "payments" }), "orders", `${team}\ntrustedTags: [team]`)).toBe("allowed");
    expect(asked(traits([], { team: "x" }), "orders", `${team}\ntrustedTags: [team]`)).toBe("refused");
  });

  test("a tag that no database has is a mistake", () => {
    expect(() => deciding(dbas.replace("prod", "pord"))).toThrow('no database is called "tag/env=pord"');
  });
});

describe("breaking the glass", () => {
  const glass = `  - { id: emergency, effect: break-glass, who: [engineers], databases: [orders], roles: ["*"], reason: ".{10,}", review: { anyOf: [ada], within: 2h } }`;
  const wish = { breakGlass: true, reason: "payments are stuck" };

  test("is allowed without approval, and owes a review", () => {
    expect(deciding(glass, wish)).toMatchObject({
      outcome: "allowed",
      rule: "emergency",
      approvalSteps: [],
      review: { anyOf: ["ada"], withinSeconds: 7200 },
    });
  });

  test("only for those who say so, with a reason, and never against a deny", () => {
    expect(deciding(glass).outcome).toBe("refused");
    expect(deciding(people, wish).outcome).toBe("refused");
    expect(deciding(glass, { ...wish, reason: "urgent" }).outcome).toBe("refused");
    expect(deciding(`${glass}\n${deny}`, wish)).toMatchObject({ outcome: "refused", rule: "freeze-rita" });
  });

  test.each([
    ["without a review", glass.replace(/, review: .*$/, " }"), "say who reviews it"],
    ["with an approval", glass.replace("review:", "approval: { anyOf: [ada] }, review:"), "has none"],
    ["a review without broken glass", glass.replace("effect: break-glass, ", ""), "only a break-glass rule"],
  ])("%s is a mistake in the file", (_title, rule, message) => {
    expect(() => deciding(rule)).toThrow(message);
  });
});

describe("examples beside the rules", () => {
  const rule = (example: string, more = "") =>
    `  - { id: r, who: [rita], databases: [orders], roles: ["*"], limits: { max: 1h }, approval: { anyOf: [ada] }${more}, examples: [{ as: rita, database: orders, role: read-only, ${example} }] }`;

  test.each([["expect: approval"], ["for: 2h, expect: refused"]])("%s holds", (example) => {
    expect(() => withRules(rule(example))).not.toThrow();
  });

  test.each([
    ["expect: allowed", "rules.r.examples.0: expects allowed, but rule r allows it once approved by ada"],
    ["for: 2h, expect: approval", "rules.r.examples.0: expects approval, but rule r allows at most 1h"],
  ])("%s does not, and says why", (example, message) => {
    expect(() => withRules(rule(example))).toThrow(message);
  });

  test("what another rule decides is no example of this one", () => {
    const first = people.replace('databases: ["*"]', "databases: [orders]");
    expect(() => withRules(`${first}\n${rule("expect: approval")}`)).toThrow("approval, but rule people");
    const other = rule("expect: allowed").replace(", approval: { anyOf: [ada] }", "");
    expect(() => withRules(`${first}\n${other}`)).toThrow("allowed as expected, but by another rule");
  });

  test("where hours decide, an example says at what time", () => {
    const office = ', hours: { from: "08:00", to: "18:00", timeZone: UTC }';
    expect(() => withRules(rule("expect: approval", office))).toThrow("hours of a rule decide here");
    expect(() => withRules(rule('at: "2026-11-24T10:00:00Z", expect: approval', office))).not.toThrow();
    expect(() => withRules(rule('at: "2026-11-24T20:00:00Z", expect: refused', office))).not.toThrow();
  });
});

describe("approval steps", () => {
  const steps = (approval: string) =>
    deciding(`  - { id: r, who: [rita], databases: [orders], roles: ["*"], approval: ${approval} }`);

  test("one step may be written without the list", () => {
    expect(steps("{ anyOf: [ada] }")).toMatchObject({ approvalSteps: [{ anyOf: ["ada"], minimum: 1 }] });
    expect(steps("{ steps: [{ anyOf: [engineers], minimum: 2 }, { anyOf: [ada] }] }")).toMatchObject({
      because: "rule r allows it once approved by 2 of engineers, and ada",
    });
  });

  test("more yes than there are people is a mistake", () => {
    expect(() => steps("{ anyOf: [ada], minimum: 2 }")).toThrow("ada are fewer than 2");
  });
});

describe("hours follow the clock of their time zone", () => {
  const office = { days: ["tue" as const], from: "08:00", to: "18:00", timeZone: "Europe/Berlin" };

  test.each([
    ["winter, 07:59 in Berlin", "2026-11-24T06:59:00.000Z", false],
    ["winter, 08:00 in Berlin", "2026-11-24T07:00:00.000Z", true],
    ["summer, 08:00 in Berlin", "2026-07-21T06:00:00.000Z", true],
    ["18:00 is after work", "2026-11-24T17:00:00.000Z", false],
    ["Tuesday there, Monday in UTC", "2026-07-20T22:30:00.000Z", false],
  ])("%s", (_title, now, inside) => {
    expect(isWithin(office, new Date(now))).toBe(inside);
  });

  test("a night goes over midnight", () => {
    const night = { ...office, days: ["mon" as const, "tue" as const], from: "22:00", to: "06:00" };
    expect(isWithin(night, new Date("2026-11-23T22:30:00.000Z"))).toBe(true);
    expect(isWithin(night, new Date("2026-11-24T03:00:00.000Z"))).toBe(true);
    expect(isWithin(night, new Date("2026-11-24T12:00:00.000Z"))).toBe(false);
  });
});
