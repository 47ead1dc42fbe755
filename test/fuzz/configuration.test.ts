/** Any text in the place of dblease.yaml: a configuration, or a refusal with a place; nothing else ever comes out. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { readConfig } from "../../src/config.ts";
import { ownName } from "../../src/engines/postgres/quote.ts";
import { groupRoleName } from "../../src/group-role.ts";
import { cases } from "./cases.ts";
import { hostile } from "./hostile.ts";

const samples = ["dblease.yaml", "test/journeys/rules.yaml", "test/journeys/events.yaml"].map((file) =>
  readFileSync(file, "utf8"),
);

function expectAnswer(text: string): void {
  try {
    const config = readConfig(text, "fuzz.yaml");
    for (const [id, { roles }] of Object.entries(config.databases)) {
      for (const role of roles) expect(ownName(groupRoleName(id, role))).toBeTruthy();
    }
    // The table keeps it as JSON.
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    expect(error).toMatchObject({ code: "BAD_CONFIGURATION", next: expect.any(String) });
    expect(error.message).toMatch(/^fuzz\.yaml: /);
  }
}

test("text with something hostile in the middle", () => {
  fc.assert(
    fc.property(fc.constantFrom(...samples), fc.nat(), hostile, (sample, place, text) => {
      const at = place % sample.length;
      expectAnswer(sample.slice(0, at) + text + sample.slice(at));
    }),
    cases(),
  );
});

/** Replaces one value, or one key, somewhere inside. */
function changed(value: unknown, path: readonly number[], by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== "object" || value === null) return by;
  const entries = Object.entries(value);
  const [key = "x", inner] = entries[step % (entries.length || 1)] ?? [];
  const next = changed(inner, rest, by);
  if (Array.isArray(value)) return value.map((it, n) => (String(n) === key ? next : it));
  return { ...value, [key]: next, ...(rest.length === 0 && typeof by === "string" ? { [by]: inner } : {}) };
}

test("a configuration with one value or key of any kind", () => {
  const value = fc.oneof(hostile, fc.jsonValue({ maxDepth: 2 }));
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 6 }),
      value,
      (sample, path, by) => expectAnswer(stringify(changed(parse(sample), path, by))),
    ),
    cases(),
  );
});

test("aliases that multiply without end are a mistake like any other", () => {
  const lines = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`);
  expect(() => readConfig(["a0: &a0 x", ...lines].join("\n"), "fuzz.yaml")).toThrow(
    expect.objectContaining({ code: "BAD_CONFIGURATION" }),
  );
});
