/**
 * Every kind of statement that the adapter sends, from a life with everything in it, before two open grammars of T-SQL:
 * each is a sentence of at least one. Neither knows names or rights: that a statement is right, they do not say.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { sqlserverUsers } from "../../src/engines/sqlserver-users.ts";
import { clock, granted, inSeconds } from "./conformance/story.ts";
import { shardingFaults, shardingMissing } from "./grammars/sharding.ts";
import { sqlserverHarness } from "./harness/sqlserver.ts";
import { startStub } from "./harness/sqlserver-stub.ts";
import { grammarFault } from "./sqlserver/grammar.ts";
import { shapeOf } from "./sqlserver/stub/accept.ts";
import { parseBatch, type Statement } from "./sqlserver/stub/parse.ts";
import { SyntaxFault } from "./sqlserver/stub/scan.ts";

const harness = sqlserverHarness("grammar", () => startStub());
beforeAll(() => harness.start());
afterAll(() => harness.stop());

/** A condition is a sentence with something to do. */
function shapes(statement: Statement): string[] {
  if (statement.kind === "leaf") return [shapeOf(statement.words)];
  if (statement.kind === "block") return statement.body.flatMap(shapes);
  if (statement.kind === "try") return [...statement.body, ...statement.caught].flatMap(shapes);
  return [
    `IF ${shapeOf(statement.condition)} SELECT 1`,
    ...shapes(statement.then),
    ...(statement.otherwise ? shapes(statement.otherwise) : []),
  ];
}

/** Prepares, grants, extends, changes, lists, examines, moves, strips, quarantines, drops, rotates. */
async function wholeLife(): Promise<readonly string[]> {
  const { adapter } = harness;
  const stage = await harness.stage();
  const { stub } = harness.backend();
  const { schema, database } = stage;
  const scope = {
    schemas: [schema],
    tables: ["orders"],
    columns: { orders: ["id"] },
    privileges: ["select" as const],
  };
  await stage.disturbReader();
  await adapter.prepare(stage.door(), [{ ...stage.reader, scopes: [...stage.reader.scopes, scope] }]);
  await adapter.prepare(stage.door(), [stage.reader]);
  const person = await granted(harness, stage);
  const { username, verifier = "" } = person.user;
  await adapter.grant(person.door, person.user);
  await adapter.extend(person.door, person.known, inSeconds(900));
  await adapter.changePassword(person.door, person.known, verifier);
  await adapter.list(stage.door(), [stage.reader.name]);
  stub.model.run('UPDATE "sys.databases" SET containment = 1 WHERE name = ?', database);
  await adapter.logins?.(stage.door());
  for (const member of person.door.members) await adapter.sessions?.(stage.door(), member);
  await adapter.doctor(stage.door(), [stage.reader]);
  await stage.root(`ALTER SERVER ROLE [processadmin] ADD MEMBER [${username}]`);
  await stage.root(`GRANT VIEW SERVER STATE TO [${username}]`);
  await stage.root(`GRANT IMPERSONATE ON LOGIN::[master_user] TO [${username}]`);
  await stage.root(`GRANT IMPERSONATE ON USER::[master_user] TO [${username}]`, database);
  await stage.root(`GRANT SELECT ([id]) ON OBJECT::[${schema}].[orders] TO [${username}]`, database);
  await stage.root(`GRANT SELECT ON SCHEMA::[${schema}] TO [${username}]`, database);
  await stage.root(`GRANT CREATE TABLE TO [${username}]`, database);
  await stage.root(`CREATE SCHEMA [of_it] AUTHORIZATION [${username}]`, database);
  await stage.root(`GRANT DELETE ON SCHEMA::[${schema}] TO [public] AS [${username}]`, database);
  await stage.root(
    `GRANT UPDATE ([id]) ON OBJECT::[${schema}].[orders] TO [public] AS [${username}]`,
    database,
  );
  await stage.root("CREATE TABLE [of_it].[kept] (id int)", database);
  await stage.root(`GRANT SELECT ON OBJECT::[of_it].[kept] TO [${stage.reader.name}]`, database);
  await harness.makeJob(stage, "nightly", username);
  await person.login();
  await adapter.revoke(person.door, person.known, clock);
  await stage.root("EXEC msdb.dbo.sp_delete_job @job_name = N'nightly'");
  const receipt = await adapter.revoke(person.door, person.known, clock);
  expect(receipt.residue).toEqual([]);
  await stage.createLogin("app", "App-password-1");
  await stage.join("app");
  await stage.openOrders("app");
  await stage.root("DENY VIEW ANY DATABASE TO [app]");
  await stage.root(`DENY SELECT ([customer]) ON OBJECT::[${schema}].[orders] TO [app]`, database);
  await stage.root(`GRANT EXECUTE ON SCHEMA::[${schema}] TO [app] WITH GRANT OPTION`, database);
  const admin = await stage.door().open();
  await sqlserverUsers.preparePair(admin, { first: "app", second: "app_clone" }, (n) =>
    crypto.getRandomValues(new Uint8Array(n)),
  );
  await sqlserverUsers.changePassword(admin, "app_clone", "Another-1", () => new Uint8Array());
  await admin.end();
  const all = stub.batches.flatMap((batch) => parseBatch(batch).flatMap(shapes));
  return [...new Set(all)].sort();
}

/** Sentences of neither grammar, and the stub takes none of them. */
const wrong = [
  "CREATE LOGIN [x] WITH PASSWORD = 0xAB HASHD",
  "ALTER ROLE [x] ADD [y]",
  "DROP USER",
  "REVOKE SELECT ON SCHEMA [x] FROM",
  "KILL [x]",
  "SELECT name FROM WHERE x = 1",
];

test("each statement is a sentence of a T-SQL grammar, and what is no T-SQL of neither", async () => {
  const statements = await wholeLife();
  const antlr = statements.map((it) => grammarFault(`${it};`) === undefined);
  const asked = shardingMissing === undefined;
  const sharding = asked ? shardingFaults("SQLServer", [...statements, ...wrong]).map((it) => it === "") : [];
  expect(wrong.map((it) => grammarFault(`${it};`) !== undefined)).toEqual(wrong.map(() => true));
  expect(sharding.slice(statements.length)).toEqual(asked ? wrong.map(() => false) : []);
  const stage = await harness.stage();
  for (const it of wrong) await expect(stage.root(it)).rejects.toMatchObject({ number: 102 });
  const verdicts = statements.map((it, at) => {
    const by = [...(antlr[at] ? ["antlr4ts-sql"] : []), ...(sharding[at] ? ["ShardingSphere"] : [])];
    return `${it}\n  -- ${by.join(", ") || "nobody"}\n`;
  });
  if (asked) {
    expect(verdicts.filter((it) => it.includes("-- nobody"))).toEqual([]);
    await expect(verdicts.join("\n")).toMatchFileSnapshot("sqlserver/statements.sql");
  } else {
    // What only the other grammar knows, the stub reads word by word.
    expect(
      verdicts.filter((it) => it.includes("-- nobody")).every((it) => /^(GRANT|DENY|REVOKE)/.test(it)),
    ).toBe(true);
  }
});

test.skipIf(shardingMissing === undefined)(
  `ShardingSphere's grammar was not asked: ${shardingMissing}`,
  () => {},
);

test.each([
  "SELECT 'open",
  "[never closed",
  "IF 1 = 1",
  "BEGIN TRY SELECT 1",
  "SELECT CASE WHEN 1 = 1 THEN 2",
])("a batch that ends too early is refused as a whole: %s", (batch) => {
  expect(() => parseBatch(batch)).toThrow(SyntaxFault);
});
