/** What a user leaves behind: data is kept and closed, code waits for a person, neighbours notice nothing. */
import { expect } from "vitest";
import type { Receipt } from "../../../src/receipt.ts";
import type { Harness, Person, Stage } from "./harness.ts";
import { expectGone, granted, refusal, story } from "./story.ts";

type Told<Connection> = (stage: Stage<Connection>, person: Person<Connection>) => Promise<void>;

/** Each makes one thing that runs, as the user, and says how the receipt names it. */
const executables: Record<string, { make: string; what: string }> = {
  "a function": {
    make: "CREATE FUNCTION app.leak() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM app.orders'",
    what: "function app.leak()",
  },
  "a procedure": {
    make: "CREATE PROCEDURE app.run() LANGUAGE sql AS 'SELECT 1'",
    what: "procedure app.run()",
  },
  "an aggregate": {
    make: "CREATE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int)",
    what: "aggregate app.total(integer)",
  },
  "an operator": {
    make: "CREATE OPERATOR app.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)",
    what: "operator app.===(integer,integer)",
  },
  "a view": { make: "CREATE VIEW app.peek AS SELECT 1 AS one", what: "view app.peek" },
  "a materialized view": {
    make: "CREATE MATERIALIZED VIEW app.kept AS SELECT 1 AS one",
    what: "materialized view app.kept",
  },
  "a rule": {
    make: "CREATE TABLE app.t (id int); CREATE RULE r AS ON INSERT TO app.t DO ALSO NOTHING",
    what: "rule r on app.t",
  },
  "a policy": {
    make: "CREATE TABLE app.t (id int); CREATE POLICY p ON app.t USING (id > 0)",
    what: "policy p on app.t",
  },
  "a trigger": {
    make: "CREATE TABLE app.t (id int); CREATE TRIGGER t BEFORE UPDATE ON app.t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    what: "trigger t on app.t",
  },
  "a default that calls somebody's function": {
    make: "CREATE TABLE app.t (id int DEFAULT app.theirs())",
    what: "default of id in app.t",
  },
  "a generated column that calls somebody's function": {
    make: "CREATE TABLE app.t (a int, id int GENERATED ALWAYS AS (a + app.theirs()) STORED)",
    what: "default of id in app.t",
  },
  "a check that calls somebody's function": {
    make: "CREATE TABLE app.t (id int CONSTRAINT c CHECK (id > app.theirs()))",
    what: "constraint c on app.t",
  },
  "an index expression that calls somebody's function": {
    make: "CREATE TABLE app.t (id int); CREATE INDEX i ON app.t ((id + app.theirs()))",
    what: "index app.i",
  },
  "a domain that calls somebody's function": {
    make: "CREATE DOMAIN app.d AS int CONSTRAINT c CHECK (VALUE > app.theirs())",
    what: "constraint c on app.d",
  },
  "a foreign key to somebody's table": {
    make: "CREATE TABLE app.t (id int CONSTRAINT f REFERENCES app.orders)",
    what: "constraint f on app.t",
  },
};

export function leftoverStories<Connection>(harness: Harness<Connection>): void {
  const leftover = (title: string, tell: Told<Connection>) =>
    story(
      harness,
      title,
      async (stage) => {
        const person = await granted(harness, stage);
        await stage.root(`GRANT CREATE ON SCHEMA app TO ${person.user.username};
          GRANT REFERENCES ON app.orders TO ${person.user.username};
          CREATE FUNCTION app.theirs() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1'`);
        await tell(stage, person);
      },
      ["ownership"],
    );

  leftover(
    "owned data keeps every row, belongs to nobody with power, and is listed",
    async (stage, person) => {
      const session = await person.login();
      await session.query(`CREATE TABLE app.copy AS SELECT * FROM app.orders;
      CREATE TABLE app.numbered (id serial PRIMARY KEY, at date) PARTITION BY RANGE (id);
      CREATE TABLE app.numbered_1 PARTITION OF app.numbered FOR VALUES FROM (1) TO (100);
      CREATE TYPE app.mood AS ENUM ('fine'); CREATE TYPE app.pair AS (a int, b int); CREATE DOMAIN app.small AS int CHECK (VALUE < 9);
      CREATE STATISTICS app.stats ON id, customer FROM app.copy;
      SELECT lo_from_bytea(4711, 'large')`);
      const receipt = await person.revoke();
      await session.ended;
      await expectGone(stage, person, receipt);
      expect(receipt.moved.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
        "large object 4711",
        "sequence app.numbered_id_seq",
        "statistics object app.stats",
        "table app.copy",
        "table app.numbered",
        "table app.numbered_1",
        "type app.mood",
        "type app.pair",
        "type app.small",
      ]);
      expect(
        await stage.root(
          "SELECT count(*)::int AS rows, min(tableowner)::text AS owner FROM app.copy, pg_tables WHERE tablename = 'copy'",
        ),
      ).toEqual([{ rows: 3, owner: "jit_graveyard" }]);
      expect(await stage.root("SELECT convert_from(lo_get(4711), 'utf8') AS kept")).toEqual([
        { kept: "large" },
      ]);
      await expectPowerless(stage);
      await stage.root("SELECT lo_unlink(4711)");
    },
  );

  leftover("data in a second database moves there", async (stage, person) => {
    const other = String(
      (
        await stage.root(
          "SELECT datname FROM pg_database WHERE datname LIKE 'other_%' ORDER BY oid DESC LIMIT 1",
        )
      )[0]?.datname,
    );
    await stage.root(`GRANT CREATE ON SCHEMA public TO ${person.user.username}`, other);
    const session = await person.login(other);
    await session.query("CREATE TABLE public.hidden AS SELECT 42 AS secret");
    const receipt = await person.revoke();
    await expectGone(stage, person, receipt);
    expect(receipt.moved).toEqual([{ database: other, kind: "table", name: "public.hidden", stripped: [] }]);
    expect(await stage.root("SELECT secret FROM public.hidden", other)).toEqual([{ secret: 42 }]);
  });

  leftover(
    "a copy that was opened to colleagues is closed, and the receipt says to whom it was open",
    async (stage, person) => {
      await stage.root(
        "DROP ROLE IF EXISTS colleague; CREATE ROLE colleague LOGIN PASSWORD 'colleague'; GRANT USAGE ON SCHEMA app TO colleague",
      );
      const session = await person.login();
      await session.query(`CREATE TABLE app.copy AS SELECT * FROM app.orders;
      GRANT SELECT, UPDATE ON app.copy TO colleague WITH GRANT OPTION; GRANT SELECT (id) ON app.copy TO PUBLIC;
      ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO colleague`);
      const colleague = await stage.login("colleague", "colleague");
      expect(await colleague.query("SELECT count(*)::int AS rows FROM app.copy")).toEqual([{ rows: 3 }]);
      const receipt = await person.revoke();
      expect(await refusal(harness, colleague.query("SELECT count(*) FROM app.copy"))).toBe("denied");
      expect(await refusal(harness, colleague.query("SELECT id FROM app.copy"))).toBe("denied");
      await colleague.close();
      expect(receipt.moved).toEqual([
        expect.objectContaining({ kind: "default acl", stripped: ["colleague: SELECT"] }),
        {
          database: stage.database,
          kind: "table",
          name: "app.copy",
          stripped: ["PUBLIC: SELECT (id)", "colleague: SELECT, UPDATE"],
        },
      ]);
      await expectGone(stage, person, receipt);
      expect(await stage.root("SELECT count(*)::int AS rows FROM app.copy")).toEqual([{ rows: 3 }]);
      await stage.root("DROP OWNED BY colleague; DROP ROLE colleague");
    },
  );

  leftover(
    "a function left behind is quarantined, and nobody reads through it any more",
    async (stage, person) => {
      await stage.root(
        "DROP ROLE IF EXISTS bystander; CREATE ROLE bystander LOGIN PASSWORD 'bystander'; GRANT USAGE ON SCHEMA app TO bystander",
      );
      await stage.root(`GRANT SELECT ON app.orders TO ${person.user.username}`);
      const session = await person.login();
      await session.query(
        `${executables["a function"]?.make}; CREATE TABLE app.copy AS SELECT * FROM app.orders`,
      );
      const bystander = await stage.login("bystander", "bystander");
      expect(await bystander.query("SELECT app.leak()::int AS rows")).toEqual([{ rows: 3 }]);
      const receipt = await person.revoke();
      expect(await refusal(harness, bystander.query("SELECT app.leak()"))).toBe("denied");
      await bystander.close();
      expect(await refusal(harness, person.login())).toBe("no login");
      expect(receipt).toMatchObject({ users: 1, sessions: 0, privileges: 0, objects: 2, moved: [] });
      expect(receipt.residue).toEqual([
        {
          kind: "executable",
          where: stage.database,
          what: "function app.leak()",
          statement: "DROP FUNCTION app.leak()",
        },
        expect.objectContaining({ kind: "object", what: "table app.copy" }),
        { kind: "user", where: stage.database, what: person.user.username },
      ]);
      await stage.admin("DROP FUNCTION app.leak()");
      const second = await person.revoke();
      expect(second.moved.map(({ name }) => name)).toEqual(["app.copy"]);
      await expectGone(stage, person, second);
      await stage.root("DROP OWNED BY bystander; DROP ROLE bystander");
    },
  );

  for (const [title, { make, what }] of Object.entries(executables)) {
    leftover(
      `${title} is not dropped; its statement and a second revoke finish it`,
      async (stage, person) => {
        const session = await person.login();
        await session.query(make);
        const receipt = await person.revoke();
        await session.ended;
        const found = receipt.residue.filter(({ kind }) => kind === "executable");
        expect(found.map((residue) => residue.what)).toEqual([what]);
        expect(receipt.droppedAt).toBeUndefined();
        expect(await refusal(harness, person.login())).toBe("no login");
        for (const { statement = "SELECT 1" } of found) await stage.admin(statement);
        await expectGone(stage, person, await person.revoke());
      },
    );
  }

  leftover("a move that must fail loses nothing and leaves the user fenced", async (stage, person) => {
    await stage.root(`CREATE SCHEMA closed; GRANT USAGE, CREATE ON SCHEMA closed TO ${person.user.username}`);
    const session = await person.login();
    await session.query(`CREATE TABLE closed.copy AS SELECT * FROM app.orders;
      CREATE STATISTICS closed.stats ON id, customer FROM closed.copy`);
    const receipt = await person.revoke();
    expectFenced(receipt);
    expect(receipt.residue.map((residue) => residue.what)).toEqual([
      "statistics object closed.stats",
      "table closed.copy",
      "privileges on schema closed",
      person.user.username,
    ]);
    expect(await refusal(harness, person.login())).toBe("no login");
    expect(await stage.root("SELECT count(*)::int AS rows FROM closed.copy")).toEqual([{ rows: 3 }]);
    // The schema's owner takes its own grant back and lends what was missing: the second revoke finishes.
    await stage.root(receipt.residue.find(({ kind }) => kind === "privilege")?.statement ?? "");
    await stage.root("GRANT USAGE, CREATE ON SCHEMA closed TO master WITH GRANT OPTION");
    await expectGone(stage, person, await person.revoke());
    expect(await stage.root("SELECT count(*)::int AS rows FROM closed.copy")).toEqual([{ rows: 3 }]);
  });

  leftover("tables of a third person in the same schema disturb nobody", async (stage) => {
    await stage.root("CREATE TABLE app.thirds AS SELECT 1 AS id");
    await harness.adapter.prepare(stage.door(), [stage.reader]);
    const neighbour = await granted(harness, stage);
    const session = await neighbour.login();
    expect(await session.query("SELECT count(*)::int AS rows FROM app.orders")).toEqual([{ rows: 3 }]);
    await expectGone(stage, neighbour, await neighbour.revoke());
    expect(await stage.root("SELECT id FROM app.thirds")).toEqual([{ id: 1 }]);
  });

  leftover(
    "a privilege that a third person gave is named with the statement that ends it",
    async (stage, person) => {
      await stage.root(`CREATE SCHEMA thirds; CREATE TABLE thirds.secret AS SELECT 1 AS id;
      GRANT USAGE ON SCHEMA thirds TO ${person.user.username}; GRANT SELECT ON thirds.secret TO ${person.user.username}`);
      const receipt = await person.revoke();
      expectFenced(receipt);
      const held = receipt.residue.filter(({ kind }) => kind === "privilege");
      expect(held.map((residue) => residue.what)).toEqual([
        "privileges on schema thirds",
        "privileges on table thirds.secret",
      ]);
      for (const { statement = "" } of held) await stage.root(statement);
      await expectGone(stage, person, await person.revoke());
    },
  );

  leftover("a schema in which others work stays theirs", async (stage, person) => {
    await stage.root(`GRANT CREATE ON DATABASE ${stage.database} TO ${person.user.username}`);
    const session = await person.login();
    await session.query("CREATE SCHEMA shared; CREATE SCHEMA empty");
    await stage.root("CREATE TABLE shared.theirs AS SELECT 1 AS id");
    const receipt = await person.revoke();
    expectFenced(receipt);
    const [blocker] = receipt.residue;
    expect(blocker).toMatchObject({ kind: "object", what: "schema empty" });
    const shared = receipt.residue.find((residue) => residue.what.includes("shared"));
    expect(shared?.statement).toBe("ALTER SCHEMA shared OWNER TO CURRENT_USER");
    await stage.admin(shared?.statement ?? "");
    const second = await person.revoke();
    await expectGone(stage, person, second);
    expect(second.moved.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["schema empty"]);
  });

  story(
    harness,
    "a prepared transaction is named with the statement that ends it",
    async (stage) => {
      const person = await granted(harness, stage);
      await stage.root(`GRANT CREATE ON SCHEMA app TO ${person.user.username}`);
      const session = await person.login();
      await session.query("BEGIN; CREATE TABLE app.half (id int); PREPARE TRANSACTION 'it''s half done'");
      const receipt = await person.revoke();
      expect(receipt).toMatchObject({ users: 1, sessions: 0, preparedTransactions: 1 });
      const [found] = receipt.residue;
      expect(found).toMatchObject({ kind: "prepared_transaction", where: stage.database });
      // ROLLBACK PREPARED stands in no transaction: each statement is a message of its own, as psql sends them.
      const admin = await stage.adminSession();
      for (const statement of found?.statement?.split("; ") ?? []) await admin.query(statement);
      await admin.close();
      await expectGone(stage, person, await person.revoke());
    },
    ["ownership", "prepared transactions"],
  );
}

function expectFenced(receipt: Receipt): void {
  expect(receipt.droppedAt).toBeUndefined();
  expect(receipt.sessions).toBe(0);
  expect(receipt.users).toBe(1);
  expect(receipt.residue.map(({ kind }) => kind)).toContain("user");
}

/** The graveyard may do nothing but own: no membership, no CREATE that somebody lent and forgot. */
async function expectPowerless<Connection>(stage: Stage<Connection>): Promise<void> {
  expect(
    await stage.root(`SELECT roleid FROM pg_auth_members WHERE member = 'jit_graveyard'::regrole
      UNION ALL SELECT oid FROM pg_namespace WHERE nspname IN ('app', 'public') AND has_schema_privilege('jit_graveyard', oid, 'CREATE') AND nspname <> 'public'
      UNION ALL SELECT oid FROM pg_roles WHERE rolname = 'jit_graveyard' AND (rolcanlogin OR rolsuper OR rolcreaterole)`),
  ).toEqual([]);
}
