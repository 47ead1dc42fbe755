import { describe, expect, test } from "vitest";
import { withFields } from "../../src/rotation/secret-text.ts";
import { checkPending, isAtHome, nextSecretText, readUserSecret } from "../../src/rotation/user-secret.ts";
import { nextUser } from "../../src/rotation/users.ts";

describe("a secret's text keeps every byte that a rotation does not change", () => {
  test.each([
    ['{"password":"a","username":"u"}', '{"password":"NEW","username":"u"}'],
    ['{ "n" : 1e3,\n\t"password" :\n "a" , "big": 12345678901234567890 }', undefined],
    ['{"deep":{"password":"keep"},"list":["password",{"password":"keep"}],"password":"a"}', undefined],
    ['{"note":"\\"password\\":\\"x\\"","password":"a\\"b\\\\"}', undefined],
    ['{"pass\\u0077ord":"a"}', '{"pass\\u0077ord":"NEW"}'],
    ['{"password":"a","password":"b"}', '{"password":"NEW","password":"NEW"}'],
    ['{"a":"password","b":"{","c":"]","password":""}', undefined],
    ['{"ssl":true,"password":"ä€😀","é":null}', '{"ssl":true,"password":"NEW","é":null}'],
    ['{"password":null,"username":"u"}', '{"password":null,"username":"u"}'],
  ])("%s", (text, expected) => {
    const changed = withFields(text, { password: "NEW" });
    if (expected !== undefined) expect(changed).toBe(expected);
    const before = JSON.parse(text);
    expect(JSON.parse(changed)).toEqual({
      ...before,
      ...(typeof before.password === "string" ? { password: "NEW" } : {}),
    });
    // Back again it is what it was, where the old value was written in its shortest form.
    if (!text.includes("\\") && !text.includes('"b"') && typeof before.password === "string") {
      expect(withFields(changed, { password: before.password })).toBe(text);
    }
  });

  test("a value is written so that it is read back", () => {
    const text = withFields('{"username":"u","password":"p"}', { username: '"}\\', password: "\n$&" });
    expect(JSON.parse(text)).toEqual({ username: '"}\\', password: "\n$&" });
  });
});

describe("the JSON of AWS's rotation functions", () => {
  const text = (more: object) => JSON.stringify({ username: "app", password: "secret-one", ...more });

  test.each([
    ["postgres", "postgres"],
    ["postgres", "aurora-postgresql"],
    ["mysql", "aurora-mysql"],
    ["mariadb", "mariadb"],
    ["sqlserver", "sqlserver-se"],
    ["oracle", "oracle-ee-cdb"],
  ] as const)("%s takes engine %s, and one that is missing", (engine, named) => {
    expect(readUserSecret(text({ engine: named }), engine).username).toBe("app");
    expect(readUserSecret(text({}), engine).username).toBe("app");
  });

  test.each([
    ["no text", undefined],
    ["no JSON", "secret-one"],
    ["a list", '["secret-one"]'],
    ["no password", '{"username":"secret-one"}'],
    ["another engine", text({ engine: "mysql" })],
    ["an engine that only begins like one", text({ engine: "postgresql" })],
  ])("%s is refused, in words that hold nothing of the secret", (_, value) => {
    const refusal = (() => {
      try {
        return readUserSecret(value, "postgres");
      } catch (error) {
        return error as Error & { code: string };
      }
    })();
    expect(refusal).toMatchObject({ code: "BAD_SECRET" });
    expect(String((refusal as Error).stack)).not.toContain("secret-one");
  });

  test("its address is compared without case, final dot, and type of the port", () => {
    const home = { host: "db.example.com", port: 5432 };
    const at = (more: object) => isAtHome(readUserSecret(text(more), "postgres"), home);
    expect([at({}), at({ host: "DB.example.com.", port: "5432" }), at({ host: "db.example.com" })]).toEqual([
      true,
      true,
      true,
    ]);
    expect([at({ host: "evil.example" }), at({ host: "db.example.com", port: 5433 })]).toEqual([
      false,
      false,
    ]);
  });
});

test("a pending version may differ in the password, and for a pair in the user, and in nothing else", () => {
  const read = (value: string) => readUserSecret(value, "postgres");
  const current = read('{"username":"app","password":"one","host":"h","masterarn":"arn:x"}');
  const next = read(nextSecretText(current, { username: "app_clone", password: "two" }));
  expect(() => checkPending(next, current, "app_clone")).not.toThrow();
  for (const forged of [
    next.text.replace("app_clone", "master"),
    next.text.replace('"h"', '"evil.example"'),
    next.text.replace("arn:x", "arn:y"),
    next.text.replace("}", ',"host":"evil.example"}'),
  ]) {
    expect(() => checkPending(read(forged), current, "app_clone")).toThrow("pending version");
  }
});

test("only the configured user and its clone take turns", () => {
  const rotation = { id: "r", user: "app", strategy: "alternating-users" } as const;
  expect([nextUser(rotation, "app"), nextUser(rotation, "app_clone")]).toEqual(["app_clone", "app"]);
  expect(nextUser({ ...rotation, strategy: "single-user" }, "app")).toBe("app");
  expect(() => nextUser({ ...rotation, strategy: "single-user" }, "app_clone")).toThrow("may not change");
  expect(() => nextUser(rotation, "master")).toThrow("may not change");
});
