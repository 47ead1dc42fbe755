/** The reconciler against a real server: what no grant explains, what it ends by itself, and what it never touches. */
import { DeleteDBInstanceCommand, DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { expect, test } from "vitest";
import { registerInstance } from "../../local-stack/register-instance.ts";
import type { FindingView } from "../../src/views.ts";
import { GivenStack } from "./given-stack.ts";

const given = new GivenStack();
const group = "dbl_orders__read_only";

async function reconciled(): Promise<string[]> {
  const { data } = await given.dblease("admin", "reconcile", "--database", "orders", "--timeout", "60s");
  return (data as FindingView[]).map((it) => `${it.kind} ${it.what}`).sort();
}

async function markerOf(username: string): Promise<string> {
  const [row] = await given.asOwner<{ marker: string }>(
    "SELECT pg_catalog.shobj_description(oid, 'pg_authid') AS marker FROM pg_roles WHERE rolname = $1",
    [username],
  );
  return `${row?.marker}`;
}

/** The very user with its OID and marker, after its grant has ended: what a restore brings back. */
async function bringBack(grant: { username: string }, oid: string, marker: string): Promise<void> {
  await given.asOwner(`SET allow_system_table_mods = on; CREATE ROLE ${grant.username} LOGIN;
    UPDATE pg_catalog.pg_authid SET oid = ${oid} WHERE rolname = '${grant.username}'`);
  await given.asOwner(`GRANT ${grant.username} TO jit_owner WITH ADMIN OPTION;
    COMMENT ON ROLE ${grant.username} IS '${marker}'`);
}

test("in order: nothing is found", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 120 });
  expect(await reconciled()).toEqual([]);
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  await given.until(grant.id, "revoked");
});

test("what no grant explains is found, told once, and closed when it is gone", async () => {
  const rita = await given.user("requester");
  const changed = await given.active(rita, { seconds: 300 });
  const missing = await given.active(rita, { seconds: 300 });
  await given.asOwner(`ALTER ROLE ${changed.username} VALID UNTIL 'infinity'`);
  await given.asOwner(`DROP ROLE ${missing.username}`);
  await given.asOwner(`CREATE ROLE jit_000000000000 LOGIN`);
  await given.asOwner(
    `CREATE ROLE "O'Brien" LOGIN; GRANT ${group} TO "O'Brien"; GRANT DELETE ON orders TO ${group}`,
  );
  const all = [
    `changed_user ${changed.username}`,
    "foreign_user jit_000000000000",
    `group_role ${group}`,
    `missing_user ${missing.username}`,
    `stranger O'Brien in ${group}`,
    "unexplained_user O'Brien",
  ];
  expect(await reconciled()).toEqual(all);
  expect(await reconciled()).toEqual(all);
  // What is not provably ours was not touched.
  expect(await given.userExists("jit_000000000000")).toBe(true);
  expect(await given.dblease("admin", "findings")).toMatchObject({ data: { length: 6 } });
  const olga = await given.user("auditor");
  expect((await olga.call("GET", "/findings")).body.findings[0]).toMatchObject({ seen: 2, version: 1 });
  expect((await rita.call("GET", "/findings")).status).toBe(403);

  await given.asOwner(`DROP ROLE jit_000000000000; REVOKE ${group} FROM "O'Brien"; DROP ROLE "O'Brien"`);
  await given.dblease("admin", "databases", "prepare", "orders");
  for (const { id } of [changed, missing]) {
    await rita.call("POST", `/grants/${id}/revoke`);
    await given.until(id, "revoked");
  }
  expect(await reconciled()).toEqual([]);
  await given.untilTrue(async () => {
    const told = await given.publishedFindings("FindingClosed");
    return told.length === 6;
  });
  expect(await given.publishedFindings("FindingOpened")).toHaveLength(6);
});

test("a user that came back is reported first, ended when it is seen again, and proved gone", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 120 });
  const marker = await markerOf(grant.username);
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  const closed = await given.until(grant.id, "revoked");
  await bringBack(grant, `${closed.userOid}`, marker);
  expect(await reconciled()).toEqual([`returned_user ${grant.username}`]);
  expect(await given.userExists(grant.username)).toBe(true);
  await reconciled();
  await given.untilTrue(async () => !(await given.userExists(grant.username)));
  const again = await given.until(grant.id, "revoked");
  expect(again.version).toBeGreaterThan(closed.version);
  expect(again.receipt).toMatchObject({ users: 0, residue: [] });
  await given.untilTrue(async () => (await reconciled()).length === 0);
});

/** RDS resource id of the new one. */
async function register(id: string): Promise<string> {
  const engine = { engine: "postgres", version: "18.4", database: "orders", iam: false } as const;
  await registerInstance(given.root, { ...given.stack.postgres, ...engine, id });
  const found = await new RDSClient(given.root).send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }),
  );
  return `${found.DBInstances?.[0]?.DbiResourceId}`;
}

async function unregister(id: string): Promise<void> {
  const rds = new RDSClient(given.root);
  await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: id, SkipFinalSnapshot: true }));
}

test("a server that is replaced ends its grants by name, and its copies of our users; the new one serves nothing until it is accepted (dangers 26)", async () => {
  const rita = await given.user("requester");
  const held = await given.active(rita);
  const session = await given.connect(held);
  await unregister("orders");
  const current = await register("orders");
  await given.invoke("Sweep");
  const ended = await given.until(held.id, "revoked");
  const reason = `database orders runs on another server (${current}) than the one of this grant (${held.serverId})`;
  expect(ended.end).toMatchObject({ cause: "replacement", by: "dblease", reason });
  // The server behind both is one and the same here, so that the new one has the very user: as a restored copy would.
  expect(ended.receipt).toMatchObject({
    formerServer: { id: held.serverId, exists: false },
    members: [{ member: "orders" }],
    users: 0,
    sessionsEnded: 1,
    residue: [],
  });
  await expect(session.query("SELECT 1")).rejects.toThrow();
  expect(await given.userExists(held.username)).toBe(false);

  expect(await reconciled()).toEqual(["new_server server"]);
  const refused = await given.request(rita);
  expect(await given.until(refused.id, "denied")).toMatchObject({
    denial: { reason: expect.stringContaining("runs on another server") },
  });
  expect(await given.dblease("admin", "databases", "accept", "orders")).toMatchObject({
    data: { acceptedBy: "root" },
  });
  const grant = await given.active(rita);
  expect(grant.serverId).toBe(current);
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  await given.until(grant.id, "revoked");
  expect(await reconciled()).toEqual([]);
});

test("a server that goes on under another name is read back there, too; one that is gone says so in the receipt", async () => {
  const rita = await given.user("requester");
  const [moved, lost] = [await given.active(rita), await given.active(rita)];
  // As after a blue/green switch: made on the server that is called orders-old now.
  const serverId = await register("orders-old");
  await given.set(moved.id, { serverId });
  await given.invoke("Sweep");
  expect((await given.until(moved.id, "revoked")).receipt).toMatchObject({
    formerServer: { id: serverId, exists: true },
    members: [{ member: "orders" }, { member: "orders-old" }],
    residue: [],
  });
  expect(await given.userExists(moved.username)).toBe(false);

  await unregister("orders");
  await given.invoke("Sweep");
  const ended = await given.until(lost.id, "revoked");
  expect(ended.end?.reason).toBe(`the server of database orders is gone (${lost.serverId})`);
  expect(ended.receipt).toMatchObject({ formerServer: { id: lost.serverId, exists: false }, members: [] });
  const shown = await given.words("requester", "show", lost.id);
  expect(shown).toContain(`is gone with the server of orders: RDS has ${lost.serverId} no more`);
  await unregister("orders-old");
  await register("orders");
  await given.dblease("admin", "databases", "accept", "orders");
  await given.asOwner(`DROP ROLE ${lost.username}`);
});

test("a database that does not answer is a finding, and its other findings stay", async () => {
  await given.asOwner("CREATE ROLE jit_000000000000 LOGIN");
  await reconciled();
  await given.without("PostgresAdmin", "secretsmanager:*", async () => {
    expect(await reconciled()).toEqual(["foreign_user jit_000000000000", "unreachable server"]);
  });
  await given.asOwner("DROP ROLE jit_000000000000");
  expect(await reconciled()).toEqual([]);
});
