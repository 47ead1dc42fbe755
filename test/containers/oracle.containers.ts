/** Oracle itself, where Docker is: the life of a grant, and what only a server can say of the statements. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { oracleDoor } from "../../src/connect/oracle-door.ts";
import { oracle } from "../../src/engines/oracle.ts";
import { grantId, usernameOf } from "../../src/grant.ts";
import { password as makePassword } from "../../src/verifiers/password.ts";
import { clock, inSeconds } from "../engines/conformance/story.ts";
import { dockerMissing } from "./docker-missing.ts";
import { type OracleServer, oracleImage, run, startOracle } from "./oracle-server.ts";

const reader = { name: "dbl_shop__read", scopes: [{ schemas: ["SHOP"], privileges: ["select" as const] }] };

function tellOracle(): void {
  let server: OracleServer;
  beforeAll(async () => {
    server = await startOracle();
    await server.asSystem('CREATE USER shop IDENTIFIED BY "Shop-password-1" QUOTA UNLIMITED ON users');
    await server.asSystem("CREATE TABLE shop.orders (id NUMBER)");
    await server.asSystem("INSERT INTO shop.orders VALUES (1)");
    await oracle.prepare(door(), [reader]);
  });
  afterAll(() => server.stop());

  const door = (id?: string) =>
    oracleDoor({
      members: [{ id: "writer", host: server.host, port: server.port }],
      database: server.service,
      credentials: server.master,
      tls: { ca: server.ca },
      connectTimeoutMs: 10_000,
      statementTimeoutMs: 20_000,
      ...(id === undefined ? {} : { grantId: id }),
    });

  async function granted(expiresAt = inSeconds(600)) {
    const id = grantId(randomBytes(12));
    const secret = makePassword(randomBytes);
    const user = {
      username: usernameOf(id),
      marker: { installation: "test", grantId: id },
      groupRole: reader.name,
      verifier: secret,
      expiresAt,
      connectionLimit: 10,
      deadline: inSeconds(60),
    };
    const { userOid } = await oracle.grant(door(id), user);
    return {
      id,
      user: { ...user, userOid },
      secret,
      revoke: () => oracle.revoke(door(id), { ...user, userOid }, clock),
    };
  }

  test("doctor finds nothing on a healthy server", async () => {
    expect((await oracle.doctor(door(), [reader])).filter(({ ok }) => !ok)).toEqual([]);
  });

  test("a grant reads what its role opens, writes nothing, and is gone with its session", async () => {
    const { user, secret, revoke } = await granted();
    const session = await server.connect(user.username, secret);
    expect(await run(session, "SELECT COUNT(*) AS n FROM shop.orders")).toEqual([{ n: 1 }]);
    await expect(run(session, "DELETE FROM shop.orders")).rejects.toMatchObject({ errorNum: 1031 });
    await expect(run(session, "SELECT * FROM shop.orders FOR UPDATE")).rejects.toMatchObject({
      errorNum: 1031,
    });
    const receipt = await revoke();
    expect(receipt).toMatchObject({ sessionsEnded: 1, users: 0, sessions: 0, privileges: 0, residue: [] });
    await expect(run(session, "SELECT 1 AS n FROM dual")).rejects.toThrow();
    await expect(server.connect(user.username, secret)).rejects.toMatchObject({ errorNum: 1017 });
  });

  test("every step may be repeated, and a foreign user of our name is never touched", async () => {
    const { id, user, revoke } = await granted();
    expect(await oracle.grant(door(id), user)).toEqual({ userOid: user.userOid });
    await oracle.extend(door(id), user, inSeconds(1200));
    await oracle.changePassword(door(id), user, makePassword(randomBytes));
    expect((await oracle.list(door(), [reader.name])).map(({ username }) => username)).toContain(
      user.username,
    );
    expect((await revoke()).residue).toEqual([]);
    expect((await revoke()).residue).toEqual([]);
    await server.asSystem(`CREATE USER "${user.username.toUpperCase()}" IDENTIFIED BY "Theirs-password-1"`);
    await expect(revoke()).rejects.toMatchObject({ code: "FOREIGN_USER" });
    await expect(oracle.grant(door(id), user)).rejects.toMatchObject({ code: "FOREIGN_USER" });
  });

  test("the server's own job locks the user at its expiry", async () => {
    const { user, secret, revoke } = await granted(inSeconds(3));
    await (await server.connect(user.username, secret)).close();
    await expect
      .poll(
        () => server.connect(user.username, secret).catch((error: { errorNum: number }) => error.errorNum),
        {
          timeout: 60_000,
          interval: 1000,
        },
      )
      .toBe(28000);
    expect((await revoke()).residue).toEqual([]);
  });

  test("whoever owns a table is quarantined, and the table stays", async () => {
    const { user, revoke } = await granted();
    const name = user.username.toUpperCase();
    await server.asSystem(`CREATE TABLE "${name}".copy (id NUMBER)`);
    const receipt = await revoke();
    expect(receipt).toMatchObject({ users: 1, objects: 1 });
    await server.asSystem(receipt.residue.find(({ kind }) => kind === "object")?.statement ?? "");
    expect((await revoke()).residue).toEqual([]);
  });
}

if (dockerMissing === undefined) tellOracle();
else test.skip(`${oracleImage}: not proven here (${dockerMissing})`, () => {});
