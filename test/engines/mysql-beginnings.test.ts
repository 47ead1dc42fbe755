/**
 * Every change of accounts commits by itself, so a function that dies leaves a beginning of its statements behind.
 * Each beginning opens nothing, and running the whole again, or a revoke, mends it.
 */
import { createConnection } from "mysql2/promise";
import { expect, test } from "vitest";
import type { NewUser } from "../../src/engines/engine.ts";
import { adapterOf } from "../../src/engines/mysql/adapter.ts";
import { dropStatements } from "../../src/engines/mysql/drop.ts";
import { fenceStatements } from "../../src/engines/mysql/fence.ts";
import { grantStatements } from "../../src/engines/mysql/grant.ts";
import { inSeconds } from "./conformance/story.ts";
import { doorOf, groupRole, newUser, onEachServer, type Running } from "./harness/mysql-servers.ts";

const clock = () => new Date();

/** Runs these statements as an admin that then dies. */
async function runAndDie(running: Running, user: NewUser, statements: readonly string[]): Promise<void> {
  const connection = await doorOf(running, user.marker.grantId).open();
  for (const statement of statements) await connection.query(statement);
  connection.destroy();
}

async function opens({ server }: Running, user: NewUser, secret: string): Promise<boolean> {
  const login = {
    host: server.host,
    port: server.port,
    user: user.username,
    password: secret,
    ssl: { ca: server.ca },
  };
  try {
    const session = await createConnection(login);
    await session.end();
    return true;
  } catch {
    return false;
  }
}

async function traces({ root }: Running, user: NewUser): Promise<unknown[]> {
  return root(`SELECT 'account' AS left_behind FROM mysql.user WHERE User = '${user.username}'
    UNION ALL SELECT 'event' FROM information_schema.EVENTS WHERE EVENT_NAME = '${user.username}'
    UNION ALL SELECT 'privilege' FROM mysql.db WHERE User = '${user.username}'
    UNION ALL SELECT 'session' FROM information_schema.PROCESSLIST WHERE USER = '${user.username}'`);
}

onEachServer("a function that dies between two statements", (running) => {
  const adapter = () => adapterOf(running().dialect);

  test("of a grant leaves nothing open, and a grant or a revoke mends what it leaves", async () => {
    const here = running();
    await here.root("CREATE DATABASE shop");
    await adapter().prepare(doorOf(here), [
      { name: groupRole, scopes: [{ schemas: ["shop"], privileges: ["select"] }] },
    ]);
    const whole = grantStatements(here.dialect, newUser(here).user).length;
    // The last statement only reads.
    for (let beginning = 0; beginning < whole - 1; beginning++) {
      for (const mend of ["grant", "revoke"] as const) {
        const { user, secret } = newUser(here);
        await runAndDie(here, user, grantStatements(here.dialect, user).slice(0, beginning));
        expect(await opens(here, user, secret), `after ${beginning} statements`).toBe(false);
        const door = doorOf(here, user.marker.grantId);
        if (mend === "grant") {
          await adapter().grant(door, { ...user, deadline: inSeconds(70) });
          expect(await opens(here, user, secret)).toBe(true);
        }
        const receipt = await adapter().revoke(door, user, clock);
        expect(receipt.residue).toEqual([]);
        expect(await traces(here, user)).toEqual([]);
      }
    }
  });

  test("of a revoke leaves nothing that the next revoke does not finish and prove", async () => {
    const here = running();
    const accounts = ({ username }: NewUser) => [{ user: username, host: "%" }];
    const statements = (user: NewUser) => [
      ...fenceStatements(here.dialect, user, accounts(user), [{ role: groupRole, host: "%" }]),
      ...dropStatements(here.dialect, user, accounts(user)),
    ];
    const whole = statements(newUser(here).user).length;
    for (let beginning = 0; beginning <= whole; beginning++) {
      const { user, secret } = newUser(here);
      const door = doorOf(here, user.marker.grantId);
      const { userOid } = await adapter().grant(door, user);
      const { server } = here;
      const session = await createConnection({
        host: server.host,
        port: server.port,
        user: user.username,
        password: secret,
        ssl: { ca: server.ca },
      });
      session.on("error", () => {});
      await runAndDie(here, user, statements(user).slice(0, beginning));
      const receipt = await adapter().revoke(door, { ...user, userOid }, clock);
      expect(receipt).toMatchObject({ residue: [], sessionsEnded: 1, users: 0, sessions: 0 });
      await expect(session.query("SELECT 1")).rejects.toThrow();
      expect(await traces(here, user)).toEqual([]);
    }
  });

  test("a deadline that passes on the way keeps the account shut", async () => {
    const here = running();
    const { user, secret } = newUser(here);
    const [, , ...rest] = grantStatements(here.dialect, { ...user, deadline: inSeconds(-1) });
    // As if the deadline had not passed at the first look.
    await expect(runAndDie(here, user, rest)).rejects.toMatchObject({ errno: 1242 });
    expect(await opens(here, user, secret)).toBe(false);
    const receipt = await adapter().revoke(doorOf(here, user.marker.grantId), user, clock);
    expect(receipt.residue).toEqual([]);
  });

  test("an account of the name that is not ours keeps everything it has", async () => {
    const here = running();
    const { user } = newUser(here);
    await here.root(`CREATE USER ${user.username} IDENTIFIED BY 'Theirs-1'`);
    const before = await here.root(`SHOW CREATE USER ${user.username}`);
    const [, , ...rest] = grantStatements(here.dialect, user);
    await expect(runAndDie(here, user, rest)).rejects.toMatchObject({ errno: 1690 });
    expect(await here.root(`SHOW CREATE USER ${user.username}`)).toEqual(before);
    expect(
      await here.root(
        `SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_NAME = '${user.username}'`,
      ),
    ).toEqual([]);
    await here.root(`DROP USER ${user.username}`);
  });
});
