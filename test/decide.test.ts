import { describe, expect, test } from "vitest";
import { decideAgain, mayDecide } from "../src/approval.ts";
import { decide } from "../src/decide.ts";
import type { Grant } from "../src/grant.ts";
import { sampleConfig as config } from "./sample-config.ts";

const now = new Date("2026-11-24T10:00:00.000Z");
const rita = { id: "person/rita", name: "rita", mayApprove: true };
const ada = { id: "person/ada", name: "ada", mayApprove: true };
const stranger = { id: "AIDAOTHER", name: "AIDAOTHER", mayApprove: true };

describe("decide", () => {
  test.each([
    ["a rule without approval allows it", rita, "orders", "read-only", 600, "read", []],
    ["the first rule that fits decides", rita, "orders", "read-only", undefined, "read", []],
    [
      "a later rule with a wildcard asks for approval",
      rita,
      "orders",
      "read-write",
      600,
      "write",
      [{ anyOf: ["ada", "root"], minimum: 1 }],
    ],
    ["everybody signed in is meant by *", stranger, "stock", "read-only", 600, "anyone", []],
  ] as const)("%s", (_title, person, database, role, durationSeconds, rule, approvalSteps) => {
    const decision = decide({ person, database, role, durationSeconds }, config, now);
    expect(decision).toMatchObject({ outcome: "allowed", rule, approvalSteps });
  });

  test.each([
    ["a database nobody knows", rita, "nowhere", "read-only", 60, "there is no database"],
    ["a word that every object knows", rita, "constructor", "read-only", 60, "there is no database"],
    ["a role that the database has not", rita, "stock", "read-write", 60, 'has no role "read-write"'],
    ["a person no rule names", stranger, "orders", "read-only", 60, "no rule lets AIDAOTHER"],
    ["longer than the rule allows", rita, "orders", "read-only", 7201, "rule read allows at most 2h"],
  ] as const)(
    "refuses %s, with the reason and the next step",
    (_title, person, database, role, durationSeconds, because) => {
      const decision = decide({ person, database, role, durationSeconds }, config, now);
      expect(decision).toMatchObject({
        outcome: "refused",
        because: expect.stringContaining(because),
        next: expect.any(String),
      });
    },
  );

  test("without a duration it takes the rule's default, else its maximum", () => {
    expect(decide({ person: rita, database: "orders", role: "read-only" }, config, now)).toMatchObject({
      durationSeconds: 1800,
    });
    expect(decide({ person: rita, database: "orders", role: "read-write" }, config, now)).toMatchObject({
      durationSeconds: 3600,
    });
  });

  test("a person whose alias left the configuration is nobody any more", () => {
    const without = { ...config, persons: { ada: config.persons.ada ?? [] } };
    expect(decide({ person: rita, database: "orders", role: "read-only" }, without, now).outcome).toBe(
      "refused",
    );
  });
});

describe("who may decide", () => {
  const grant = {
    requester: { id: "person/rita", name: "rita" },
    approvalSteps: [{ anyOf: ["ada", "rita", "root"], minimum: 1 }],
  };

  test("an approver may, the requester never, a free session name never, a stranger never", () => {
    expect(mayDecide(ada, grant, config)).toBe(true);
    expect(mayDecide(rita, grant, config)).toBe(false);
    expect(mayDecide({ ...ada, mayApprove: false }, grant, config)).toBe(false);
    expect(mayDecide(stranger, grant, config)).toBe(false);
  });
});

describe("asked again when the grant starts", () => {
  // Only what decideAgain reads.
  const grant = {
    requester: { id: "person/rita", name: "rita" },
    database: { id: "orders" },
    role: "read-write",
    durationSeconds: 600,
    approvals: [{ id: "person/ada", name: "ada", at: "2026-11-24T10:00:00.000Z" }],
  } as unknown as Grant;

  const people = { requester: rita, approvers: [ada] };

  test("an approval that still counts lets it start", () => {
    expect(decideAgain(grant, people, config, now).outcome).toBe("allowed");
  });

  test("an approver who lost the right takes the approval along", () => {
    const rules = config.rules.map((it) =>
      it.id === "write" && it.approval !== "none"
        ? { ...it, approval: { ...it.approval, steps: [{ anyOf: ["root"], minimum: 1 }] } }
        : it,
    );
    expect(decideAgain(grant, people, { ...config, rules }, now)).toMatchObject({
      outcome: "refused",
      because: "the approvals are not enough any more: root must approve",
    });
  });

  test("a requester who lost the right does not get it", () => {
    expect(decideAgain(grant, people, { ...config, groups: { engineers: ["ada"] } }, now).outcome).toBe(
      "refused",
    );
  });

  test("one's own approval never counts, whatever the table says", () => {
    const own = { requester: rita, approvers: [{ id: "person/rita", name: "ada" }] };
    expect(decideAgain(grant, own, config, now).outcome).toBe("refused");
  });
});

test.each([
  ["postgres", "native", 3600],
  ["postgres", "iam", 1800],
  ["mysql", "native", 1800],
  ["mariadb", "native", 1800],
] as const)(
  "a rule without a maximum allows %s %s %d seconds: less where the engine ends nothing",
  (engine, model, seconds) => {
    const orders = {
      ...config.databases.orders,
      engine,
      model,
    } as typeof config.databases.orders;
    const [read] = config.rules;
    const rules = [{ ...read, limits: { open: 3, extensions: 0 } }] as typeof config.rules;
    const own = { ...config, rules, databases: { orders } } as typeof config;
    const wish = { person: { id: "person/rita", name: "rita" }, database: "orders", role: "read-only" };
    expect(decide(wish, own, new Date())).toMatchObject({ outcome: "allowed", maxSeconds: seconds });
    const refused = decide({ ...wish, durationSeconds: seconds + 1 }, own, new Date());
    expect(refused.outcome).toBe("refused");
  },
);
