/** Group roles equal the configuration: what is missing is given, what is too much is taken, strangers are left alone. */
import { expect } from "vitest";
import type { GroupRole } from "../../../src/engines/engine.ts";
import type { Harness, Stage } from "./harness.ts";
import { count, granted, refusal, story } from "./story.ts";

export function privilegeStories<Connection>(harness: Harness<Connection>): void {
  const { adapter } = harness;

  const failures = async (stage: Stage<Connection>, roles: readonly GroupRole[]) =>
    (await adapter.doctor(stage.door(), roles)).filter(({ id, ok }) => !ok && id.startsWith("rights:"));

  story(
    harness,
    "tables that are made later are open as well, to their readers only",
    async (stage) => {
      await stage.asOwner(`CREATE TABLE ${stage.schema}.later AS SELECT 1 AS id`);
      const person = await granted(harness, stage);
      const session = await person.login();
      expect(await session.query(`SELECT id FROM ${stage.schema}.later`)).toEqual([{ id: 1 }]);
      const insert = session.query(`INSERT INTO ${stage.schema}.later VALUES (2)`);
      expect(await refusal(harness, insert)).toBe("denied");
      await session.close();
      await person.revoke();
    },
    ["future tables"],
  );

  story(
    harness,
    "drift is seen by doctor and repaired by prepare; a second run changes nothing",
    async (stage) => {
      expect(await failures(stage, [stage.reader])).toEqual([]);
      await stage.disturbReader();
      const [failed] = await failures(stage, [stage.reader]);
      expect(failed?.sentence).toContain("differs in 4 privileges");
      await adapter.prepare(stage.door(), [stage.reader]);
      expect(await failures(stage, [stage.reader])).toEqual([]);
      const before = await stage.privilegeHistory();
      await adapter.prepare(stage.door(), [stage.reader]);
      expect(await stage.privilegeHistory()).toEqual(before);
    },
  );

  /** A person who may write, until the group role may only read again; the session was open all the time. */
  async function losesWriting(stage: Stage<Connection>) {
    const role = (privileges: GroupRole["scopes"][number]["privileges"]): GroupRole => ({
      name: stage.reader.name,
      scopes: [{ schemas: [stage.schema], privileges }],
    });
    await adapter.prepare(stage.door(), [role(["select", "insert", "update", "delete"])]);
    const person = await granted(harness, stage);
    const session = await person.login();
    await session.query(`INSERT INTO ${stage.orders} (customer) VALUES ('dan')`);
    await session.query(`DELETE FROM ${stage.orders} WHERE customer = 'dan'`);
    await adapter.prepare(stage.door(), [role(["select"])]);
    return { person, session };
  }

  story(harness, "privileges that are no longer configured are taken away", async (stage) => {
    const { person, session } = await losesWriting(stage);
    const later = await person.login();
    expect(await refusal(harness, later.query(`DELETE FROM ${stage.orders}`))).toBe("denied");
    const insert = later.query(`INSERT INTO ${stage.orders} (customer) VALUES ('dan')`);
    expect(await refusal(harness, insert)).toBe("denied");
    expect(await count(later, stage.orders)).toBe(3);
    await Promise.all([session.close(), later.close()]);
    await person.revoke();
  });

  story(
    harness,
    "privileges that are no longer configured are taken away in open sessions, too",
    async (stage) => {
      const { person, session } = await losesWriting(stage);
      expect(await refusal(harness, session.query(`DELETE FROM ${stage.orders}`))).toBe("denied");
      const insert = session.query(`INSERT INTO ${stage.orders} (customer) VALUES ('dan')`);
      expect(await refusal(harness, insert)).toBe("denied");
      expect(await count(session, stage.orders)).toBe(3);
      await session.close();
      await person.revoke();
    },
    ["immediate privileges"],
  );

  story(
    harness,
    "with the right to insert goes the use of the table's sequences, in open sessions, too",
    async (stage) => {
      const { person, session } = await losesWriting(stage);
      expect(await refusal(harness, session.query("SELECT nextval('app.orders_id_seq')"))).toBe("denied");
      await session.close();
      await person.revoke();
    },
    ["immediate privileges", "ownership"],
  );

  story(
    harness,
    "listed tables and columns open these and no others",
    async (stage) => {
      const { schema } = stage;
      await stage.asOwner(`CREATE TABLE ${schema}.salaries (id int, name text, amount int)`);
      await stage.asOwner(`CREATE TABLE ${schema}.other (id int)`);
      await adapter.prepare(stage.door(), [
        {
          name: stage.reader.name,
          scopes: [
            {
              schemas: [schema],
              tables: ["salaries", "orders"],
              columns: { salaries: ["id", "name"] },
              privileges: ["select", "insert"],
            },
          ],
        },
      ]);
      const person = await granted(harness, stage);
      const session = await person.login();
      const tried = (sql: string) => refusal(harness, session.query(sql));
      await session.query(`SELECT id, name FROM ${schema}.salaries`);
      await session.query(`INSERT INTO ${stage.orders} (customer) VALUES ('eve')`);
      expect(await tried(`SELECT amount FROM ${schema}.salaries`)).toBe("denied");
      expect(await tried(`SELECT * FROM ${schema}.other`)).toBe("denied");
      await stage.asOwner(`CREATE TABLE ${schema}.newer (id int)`);
      expect(await tried(`SELECT * FROM ${schema}.newer`)).toBe("denied");
      await session.close();
      await person.revoke();
    },
    ["column select", "column inserts"],
  );

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
    ["ownership"],
  );

  story(harness, "a missing schema or table is named, and nothing is half done", async (stage) => {
    for (const scope of [
      { schemas: [stage.schema, "nowhere"], privileges: ["select" as const] },
      { schemas: [stage.schema], tables: ["orders", "nothing"], privileges: ["delete" as const] },
    ]) {
      const roles = [{ name: stage.reader.name, scopes: [scope] }];
      await expect(adapter.prepare(stage.door(), roles)).rejects.toMatchObject({ code: "BAD_CONFIGURATION" });
      expect(await failures(stage, roles)).toHaveLength(1);
    }
    expect(await failures(stage, [stage.reader])).toEqual([]);
  });

  story(harness, "a role that dblease did not make is never taken over", async (stage) => {
    await stage.createLogin("app_admin", "theirs");
    await stage.openOrders("app_admin");
    await expect(adapter.prepare(stage.door(), [{ name: "app_admin", scopes: [] }])).rejects.toMatchObject({
      code: "FOREIGN_USER",
    });
    const session = await stage.login("app_admin", "theirs");
    await session.query(`DELETE FROM ${stage.orders} WHERE id < 0`);
    await session.close();
    await stage.dropLogin("app_admin");
  });

  story(harness, "two prepares at once do not hurt each other", async (stage) => {
    const roles = [stage.reader, { name: `${stage.reader.name}_2`, scopes: stage.reader.scopes }];
    await Promise.all([1, 2, 3].map(() => adapter.prepare(stage.door(), roles)));
    expect(await failures(stage, roles)).toEqual([]);
  });

  story(harness, "on a healthy database doctor finds nothing", async (stage) => {
    const checks = await adapter.doctor(stage.door(), [stage.reader]);
    const failed = checks.filter(({ ok, id }) => !ok && !harness.weaknesses.includes(id));
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
