import { createConnection, type RowDataPacket } from "mysql2/promise";
import type { Login, Session } from "./session.ts";

/** On MySQL and MariaDB. */
export async function openMysqlSession(login: Login): Promise<Session> {
  const { host, port, username: user, password, database, ca } = login;
  const ssl = { ca, verifyIdentity: true };
  const enableCleartextPlugin = login.byIam ?? false;
  const connection = await createConnection({
    host,
    port,
    user,
    password,
    database,
    ssl,
    enableCleartextPlugin,
  });
  return {
    // Nothing but its end can go wrong with a session that nobody uses.
    ended: new Promise((resolve) => connection.on("error", resolve)),
    query: async (sql) => (await connection.query<(RowDataPacket & { status?: string })[]>(sql))[0],
  };
}
