/** Group roles equal the configuration: what is missing is given, what is too much is taken, strangers are left alone. */
import { expect } from "vitest";
import type { GroupRole } from "../../../src/engines/engine.ts";
import type { Harness, Stage } from "./harness.ts";
import { granted, refusal, story } from "./story.ts";

export function privilegeStories<Connection>(harness: Harness<Connection>): void {
  const { adapter } = harness;

  const failures = async (stage: Stage<Connection>, roles: readonly GroupRole[]) =>
    (await adapter.doctor(stage.door(), roles)).filter(({ id, ok }) => !ok && id.startsWith("rights:"));

  story(harness, "tables that are made later are open as well, to their readers only", async (stage) => {
    await stage.admin("SET ROLE app_owner; CREATE TABLE app.later AS SELECT 1 AS id");
    const person = await granted(harness, stage);
    const session = await person.login();
    expect(await session.query("SELECT id FROM app.later")).toEqual([{ id: 1 }]);
    expect(await refusal(session.query("INSERT INTO app.later VALUES (2)"))).toBe("42501");
    await session.close();
    await person.revoke();
  });

  story(
    harness,
    "drift is seen by doctor and repaired by prepare; a second run changes nothing",
    async (stage) => {
      expect(await failures(stage, [stage.reader])).toEqual([]);
      await stage.root(`REVOKE SELECT ON app.orders FROM ${stage.reader.name};
      GRANT CREATE ON SCHEMA app TO ${stage.reader.name}; GRANT DELETE ON app.orders TO ${stage.reader.name};
      GRANT UPDATE (customer) ON app.orders TO ${stage.reader.name}`);
      const [failed] = await failures(stage, [stage.reader]);
      expect(failed?.sentence).toContain("differs in 4 privileges");
      await adapter.prepare(stage.door(), [stage.reader]);
      expect(await failures(stage, [stage.reader])).toEqual([]);
      const acls =
        "SELECT relname, relacl::text, xmin::text FROM pg_class WHERE relnamespace = 'app'::regnamespace ORDER BY 1";
      const before = await stage.root(acls);
      await adapter.prepare(stage.door(), [stage.reader]);
      expect(await stage.root(acls)).toEqual(before);
    },
  );

  story(harness, "privileges that are no longer configured are taken away", async (stage) => {
    const role = (privileges: GroupRole["scopes"][number]["privileges"]): GroupRole => ({
      name: stage.reader.name,
      scopes: [{ schemas: ["app"], privileges }],
    });
    await adapter.prepare(stage.door(), [role(["select", "insert", "update", "delete"])]);
    const person = await granted(harness, stage);
    const session = await person.login();
    await session.query("INSERT INTO app.orders (customer) VALUES ('dan')");
    await session.query("DELETE FROM app.orders WHERE customer = 'dan'");
    await adapter.prepare(stage.door(), [role(["select"])]);
    expect(await refusal(session.query("DELETE FROM app.orders"))).toBe("42501");
    expect(await refusal(session.query("SELECT nextval('app.orders_id_seq')"))).toBe("42501");
    await session.close();
    await person.revoke();
  });

  story(harness, "listed tables and columns open these and no others", async (stage) => {
    await stage.admin(
      "SET ROLE app_owner; CREATE TABLE app.salaries (id int, name text, amount int); CREATE TABLE app.other (id int)",
    );
    await adapter.prepare(stage.door(), [
      {
        name: stage.reader.name,
        scopes: [
          {
            schemas: ["app"],
            tables: ["salaries", "orders"],
            columns: { salaries: ["id", "name"] },
            privileges: ["select", "insert"],
          },
        ],
      },
    ]);
    const person = await granted(harness, stage);
    const session = await person.login();
    await session.query("SELECT id, name FROM app.salaries");
    await session.query("INSERT INTO app.orders (customer) VALUES ('eve')");
    expect(await refusal(session.query("SELECT amount FROM app.salaries"))).toBe("42501");
    expect(await refusal(session.query("SELECT * FROM app.other"))).toBe("42501");
    await stage.admin("SET ROLE app_owner; CREATE TABLE app.newer (id int)");
    expect(await refusal(session.query("SELECT * FROM app.newer"))).toBe("42501");
    await session.close();
    await person.revoke();
  });

  story(
    harness,
    "somebody else's table is left closed, and doctor names the statements that open it",
    async (stage) => {
      await stage.root(
        "CREATE TABLE app.thirds AS SELECT 1 AS id; DROP ROLE IF EXISTS third; CREATE ROLE third; ALTER TABLE app.thirds OWNER TO third",
      );
      await adapter.prepare(stage.door(), [stage.reader]);
      const [failed] = await failures(stage, [stage.reader]);
      expect(failed?.repair).toContain(`GRANT "third" TO "master"`);
      for (const statement of failed?.repair?.split("; ") ?? []) await stage.root(statement);
      await adapter.prepare(stage.door(), [stage.reader]);
      expect(await failures(stage, [stage.reader])).toEqual([]);
      await stage.root("DROP OWNED BY third; DROP ROLE third");
    },
  );

  story(harness, "a missing schema or table is named, and nothing is half done", async (stage) => {
    for (const scope of [
      { schemas: ["app", "nowhere"], privileges: ["select" as const] },
      { schemas: ["app"], tables: ["orders", "nothing"], privileges: ["delete" as const] },
    ]) {
      const roles = [{ name: stage.reader.name, scopes: [scope] }];
      await expect(adapter.prepare(stage.door(), roles)).rejects.toMatchObject({ code: "BAD_CONFIGURATION" });
      expect(await failures(stage, roles)).toHaveLength(1);
    }
    expect(await failures(stage, [stage.reader])).toEqual([]);
  });

  story(harness, "a role that dblease did not make is never taken over", async (stage) => {
    await stage.root(
      "DROP ROLE IF EXISTS app_admin; CREATE ROLE app_admin LOGIN; GRANT ALL ON app.orders TO app_admin",
    );
    await expect(adapter.prepare(stage.door(), [{ name: "app_admin", scopes: [] }])).rejects.toMatchObject({
      code: "FOREIGN_USER",
    });
    expect(
      await stage.root("SELECT has_table_privilege('app_admin', 'app.orders', 'DELETE') AS kept"),
    ).toEqual([{ kept: true }]);
    await stage.root("DROP OWNED BY app_admin; DROP ROLE app_admin");
  });

  story(harness, "two prepares at once do not hurt each other", async (stage) => {
    const roles = [stage.reader, { name: `${stage.reader.name}_2`, scopes: stage.reader.scopes }];
    await Promise.all([1, 2, 3].map(() => adapter.prepare(stage.door(), roles)));
    expect(await failures(stage, roles)).toEqual([]);
  });

  story(harness, "on a healthy database doctor finds nothing", async (stage) => {
    const checks = await adapter.doctor(stage.door(), [stage.reader]);
    const failed = checks.filter(({ ok, id }) => !ok && id !== "public_create");
    expect(failed).toEqual([]);
    expect(checks.every(({ ok, repair }) => ok || repair !== undefined)).toBe(true);
  });

  story(
    harness,
    "doctor on a database that cannot be asked is a failed check, not an error",
    async (stage) => {
      const door = {
        ...stage.door(),
        open: () => Promise.reject(Object.assign(new Error("x"), { code: "ECONNREFUSED" })),
      };
      expect(await adapter.doctor(door, [stage.reader])).toEqual([
        expect.objectContaining({ id: "login", ok: false }),
      ]);
    },
  );
}
