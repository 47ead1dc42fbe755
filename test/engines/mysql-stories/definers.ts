/** What runs with the rights of a user after it is gone: named, stopped, and left for a person. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { MysqlConnection } from "../../../src/connect/mysql.ts";
import type { Person } from "../conformance/harness.ts";
import { expectGone, granted, refusal, story } from "../conformance/story.ts";
import type { MysqlHarness, MysqlStage } from "../harness/mysql.ts";

/** Each is made by the user, reads the orders with the user's rights, and is named in the receipt like this. */
const definers: Record<string, { make: string; use?: string; what: string }> = {
  "a view": {
    make: "CREATE SQL SECURITY DEFINER VIEW app.leak AS SELECT * FROM app.orders",
    use: "SELECT * FROM app.leak",
    what: "view app.leak",
  },
  "a view with its caller's rights": {
    make: "CREATE SQL SECURITY INVOKER VIEW app.peek AS SELECT * FROM app.orders",
    what: "view app.peek",
  },
  "a function": {
    make: "CREATE FUNCTION app.leak() RETURNS int READS SQL DATA RETURN (SELECT count(*) FROM app.orders)",
    use: "SELECT app.leak()",
    what: "function app.leak",
  },
  "a procedure": {
    make: "CREATE PROCEDURE app.leak() SELECT * FROM app.orders",
    use: "CALL app.leak()",
    what: "procedure app.leak",
  },
  "a trigger": {
    make: "CREATE TRIGGER app.spy BEFORE INSERT ON app.sink FOR EACH ROW SET NEW.seen = (SELECT count(*) FROM app.orders)",
    use: "INSERT INTO app.sink (seen) VALUES (0)",
    what: "trigger app.spy",
  },
  "an event": {
    make: "CREATE EVENT app.tick ON SCHEDULE EVERY 1 SECOND DO INSERT INTO app.sink (seen) SELECT count(*) FROM app.orders",
    what: "event app.tick",
  },
  "a view with a name that wants quotes": {
    make: "CREATE VIEW app.`l'e``a\"k %_` AS SELECT * FROM app.orders",
    what: "view app.l'e`a\"k %_",
  },
};

const ofMariadb: typeof definers = {
  "a package": {
    make: "SET sql_mode = ORACLE; CREATE PACKAGE app.pack AS FUNCTION leak RETURN int; END; SET sql_mode = DEFAULT",
    what: "package app.pack",
  },
};

export function definerStories(harness: MysqlHarness): void {
  /** Somebody gave the user more than dblease ever does. */
  async function equipped(stage: MysqlStage): Promise<Person<MysqlConnection>> {
    const person = await granted(harness, stage);
    await stage.root(`CREATE TABLE ${stage.schema}.sink (seen int);
      GRANT SELECT, INSERT, UPDATE, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, EXECUTE, TRIGGER, EVENT
        ON ${whole(stage)} TO '${person.user.username}'@'%'`);
    return person;
  }
  /** An underscore would mean any character; of two entries that fit, only one counts. */
  const whole = ({ schema }: MysqlStage) => `\`${schema.replace("_", "\\_")}\`.*`;
  const on = (stage: MysqlStage, sql: string) => sql.replaceAll("app.", `${stage.schema}.`);
  const all = harness.flavour === "mariadb" ? { ...definers, ...ofMariadb } : definers;

  for (const [title, { make, use, what }] of Object.entries(all)) {
    story(
      harness,
      `${title} left behind opens nothing any more and waits for a person; its statement and a second revoke finish it`,
      async (stage) => {
        const person = await equipped(stage);
        const session = await person.login();
        await session.query(on(stage, make));
        await stage.createLogin("bystander", "bystander");
        await stage.root(
          on(
            stage,
            `GRANT SELECT, INSERT ON app.sink TO bystander; GRANT EXECUTE ON ${whole(stage)} TO bystander`,
          ),
        );
        if (what === "view app.leak") await stage.root(on(stage, "GRANT SELECT ON app.leak TO bystander"));
        const bystander = await stage.login("bystander", "bystander");
        if (use) await bystander.query(on(stage, use));
        const receipt = await person.revoke();
        await session.ended;
        if (use) expect(await refusal(harness, bystander.query(on(stage, use)))).not.toBe("nothing refused");
        await bystander.close();
        expect(receipt).toMatchObject({ users: 1, sessions: 0, privileges: 0, objects: 1, moved: [] });
        expect(receipt.droppedAt).toBeUndefined();
        const found = receipt.residue.filter(({ kind }) => kind === "executable");
        expect(found.map((residue) => residue.what)).toEqual([on(stage, what)]);
        expect(await refusal(harness, person.login())).toBe("no login");
        for (const { statement = "" } of found) await stage.admin(statement);
        await expectGone(stage, person, await person.revoke());
        await stage.dropLogin("bystander");
      },
    );
  }

  story(harness, "an event of a user changes nothing after the revoke", async (stage) => {
    const person = await equipped(stage);
    const session = await person.login();
    await session.query(on(stage, definers["an event"]?.make ?? ""));
    const rows = async () =>
      Number((await stage.root(on(stage, "SELECT count(*) AS n FROM app.sink")))[0]?.n);
    while ((await rows()) === 0) await sleep(100);
    await person.revoke();
    const then = await rows();
    await sleep(2500);
    expect(await rows()).toBe(then);
    await stage.root(on(stage, "DROP EVENT app.tick"));
    await expectGone(stage, person, await person.revoke());
  });

  story(
    harness,
    "what a user left in another schema, and as an account of another host, is found",
    async (stage) => {
      const person = await equipped(stage);
      const { username } = person.user;
      const other = `other_${stage.schema}`;
      await stage.root(`CREATE DATABASE ${other};
      CREATE DEFINER = '${username}'@'%' VIEW ${other}.v AS SELECT 1 AS one;
      CREATE DEFINER = '${username}'@'localhost' PROCEDURE ${other}.p() SELECT 1`);
      const receipt = await person.revoke();
      expect(receipt.residue.map(({ what }) => what)).toEqual(
        expect.arrayContaining([`view ${other}.v`, `procedure ${other}.p`]),
      );
      expect(receipt.droppedAt).toBeUndefined();
      await stage.root(`DROP DATABASE ${other}`);
      await expectGone(stage, person, await person.revoke());
    },
  );

  story(
    harness,
    "a view of somebody else with a name like ours in its text disturbs nothing",
    async (stage) => {
      const person = await granted(harness, stage);
      const { username } = person.user;
      await stage.admin(`CREATE VIEW ${stage.schema}.theirs AS SELECT '${username}@%' AS who`);
      await stage.root(`CREATE DEFINER = '${username}x'@'%' VIEW ${stage.schema}.longer AS SELECT 1 AS one`);
      await expectGone(stage, person, await person.revoke());
    },
  );
}
