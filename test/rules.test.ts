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
  orders: { engine: postgres, host: db, port: 5432, database: orders, adminSecret: env:A, roles: [read-only] }
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
