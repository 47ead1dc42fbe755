/** What may stand in a group role, whoever put it there; and which roles dblease takes for its own. */
import { expect, test } from "vitest";
import type { GroupRole } from "../../src/engines/engine.ts";
import { adapterOf } from "../../src/engines/mysql/adapter.ts";
import { doorOf, onEachServer } from "./harness/mysql-servers.ts";

const role = (name: string): GroupRole => ({ name, scopes: [{ schemas: ["shop"], privileges: ["select"] }] });

onEachServer("group roles", (running) => {
  const adapter = () => adapterOf(running().dialect);
  const failed = async (roles: readonly GroupRole[]) =>
    (await adapter().doctor(doorOf(running()), roles)).filter(
      ({ ok, id }) => !ok && id.startsWith("rights:"),
    );

  /** As the master, who alone may give the roles that it made. */
  async function asMaster(...statements: string[]): Promise<void> {
    const connection = await doorOf(running()).open();
    for (const statement of statements) await connection.query(statement);
    await connection.end();
  }

  test("whatever else a group role holds is named by doctor with its REVOKE, and taken by prepare", async () => {
    const { root } = running();
    await root(
      "CREATE DATABASE shop; CREATE TABLE shop.orders (id int, customer int); CREATE PROCEDURE shop.run() SELECT 1",
    );
    const reader = role("dbl_shop__read");
    await adapter().prepare(doorOf(running()), [reader]);
    expect(await failed([reader])).toEqual([]);
    await asMaster("CREATE ROLE extra", "GRANT extra TO dbl_shop__read");
    await root(`GRANT RELOAD ON *.* TO dbl_shop__read; GRANT INSERT ON shop.* TO dbl_shop__read WITH GRANT OPTION;
      GRANT UPDATE (customer) ON shop.orders TO dbl_shop__read; GRANT SELECT ON \`s%\`.* TO dbl_shop__read;
      GRANT EXECUTE ON PROCEDURE shop.run TO dbl_shop__read; GRANT DELETE ON shop.* TO jit_managed`);
    const found = await failed([reader]);
    expect(found.map(({ id }) => id)).toEqual(["rights:jit_managed", "rights:dbl_shop__read"]);
    const repair = found.map((it) => it.repair).join("; ");
    for (const part of [
      "REVOKE DELETE ON `shop`.* FROM `jit_managed`",
      "REVOKE RELOAD ON *.* FROM `dbl_shop__read`",
      "REVOKE SELECT ON `s%`.* FROM",
      "UPDATE (`customer`)",
      "ON PROCEDURE `shop`.`run`",
      "REVOKE `extra` FROM",
      "GRANT OPTION",
    ]) {
      expect(repair).toContain(part);
    }
    await adapter().prepare(doorOf(running()), [reader]);
    expect(await failed([reader])).toEqual([]);
  });

  test("what runs with a group role's rights is named by doctor with what drops it", async () => {
    const { dialect, root } = running();
    const reader = role("dbl_shop__view");
    await adapter().prepare(doorOf(running()), [reader]);
    const definers = async () =>
      (await adapter().doctor(doorOf(running()), [reader])).find(({ id }) => id === "definers");
    expect(await definers()).toMatchObject({ ok: true });
    // A package is MariaDB's alone, and no role there has a host.
    const [definer, more] = {
      mysql: ["'dbl_shop__view'@'%'", ""],
      mariadb: [
        "dbl_shop__view",
        `SET sql_mode = 'ORACLE'; CREATE DEFINER = dbl_shop__view PACKAGE shop.pack AS PROCEDURE run(); END;
          SET sql_mode = DEFAULT;`,
      ],
    }[dialect.engine];
    await root(`CREATE DATABASE IF NOT EXISTS shop; CREATE DEFINER = ${definer} VIEW shop.open AS SELECT 1 AS one;
      CREATE DEFINER = ${definer} PROCEDURE shop.go() SELECT 1; ${more}`);
    const found = await definers();
    expect(found).toMatchObject({ ok: false });
    for (const what of [
      "view shop.open",
      "procedure shop.go",
      ...(more === "" ? [] : ["package shop.pack"]),
    ]) {
      expect(found?.sentence).toContain(what);
    }
    await root(String(found?.repair));
    expect(await definers()).toMatchObject({ ok: true });
  });

  test.each([
    ["holds privileges on everything", "GRANT RELOAD ON *.* TO theirs"],
    ["holds privileges on a schema", "GRANT SELECT ON shop.* TO theirs"],
    ["has a member", "GRANT theirs TO master@'%'; CREATE USER IF NOT EXISTS bob; GRANT theirs TO bob"],
    ["has another role", "CREATE ROLE IF NOT EXISTS other; GRANT other TO theirs"],
  ])("a role of somebody that %s is never taken over", async (_, given) => {
    await asMaster("CREATE ROLE theirs", ...given.split("; "));
    await expect(adapter().prepare(doorOf(running()), [role("theirs")])).rejects.toMatchObject({
      code: "FOREIGN_USER",
    });
    await asMaster("DROP ROLE theirs");
  });

  test("a schema that is not there is named, also one whose name no schema can have", async () => {
    const here = running();
    for (const schema of ["nowhere", "shop \u{1F600}"]) {
      const role = {
        name: "dbl_shop__read",
        scopes: [{ schemas: [schema], privileges: ["select" as const] }],
      };
      await expect(adapterOf(here.dialect).prepare(doorOf(here), [role])).rejects.toMatchObject({
        code: "BAD_CONFIGURATION",
        message: `there is no schema ${schema} on this server`,
      });
    }
  });

  test("a role that a prepare had just made when it was killed is taken up", async () => {
    await asMaster("CREATE ROLE dbl_shop__late");
    await adapter().prepare(doorOf(running()), [role("dbl_shop__late")]);
    expect(await failed([role("dbl_shop__late")])).toEqual([]);
  });
});
