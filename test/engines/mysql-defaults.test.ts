/** What a server has as its default must not decide how much of it a revoke sees. */
import { createConnection } from "mysql2/promise";
import { expect, test } from "vitest";
import { adapterOf } from "../../src/engines/mysql/adapter.ts";
import { clock } from "./conformance/story.ts";
import { doorOf, groupRole, newUser, onEachServer } from "./harness/mysql-servers.ts";

onEachServer("defaults of the server", (running) => {
  test("that cut results short hide neither a session nor what a role holds", async () => {
    const here = running();
    const adapter = adapterOf(here.dialect);
    await here.root("CREATE DATABASE shop; CREATE TABLE shop.orders (id int)");
    await here.root("SET GLOBAL sql_select_limit = 1; SET GLOBAL max_join_size = 1");
    const role = { name: groupRole, scopes: [{ schemas: ["shop"], privileges: ["select" as const] }] };
    await adapter.prepare(doorOf(here), [role]);
    const checks = await adapter.doctor(doorOf(here), [role]);
    expect(checks.filter(({ ok, id }) => !ok && id.startsWith("rights:"))).toEqual([]);
    const { user, secret } = newUser(here);
    const door = doorOf(here, user.marker.grantId);
    const { userOid } = await adapter.grant(door, user);
    const sessions = await Promise.all(
      [1, 2, 3].map(async () => {
        const { host, port, ca } = here.server;
        const login = { host, port, user: user.username, password: secret, ssl: { ca } };
        const session = await createConnection(login);
        session.on("error", () => {});
        return session;
      }),
    );
    const receipt = await adapter.revoke(door, { ...user, userOid }, clock);
    expect(receipt).toMatchObject({ residue: [], users: 0, sessions: 0, sessionsEnded: 3 });
    for (const session of sessions) await expect(session.query("SELECT 1")).rejects.toThrow();
  });
});
