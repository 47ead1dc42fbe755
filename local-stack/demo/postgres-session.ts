import { Client } from "pg";
import type { Login, Session } from "./session.ts";

export async function openPostgresSession(login: Login): Promise<Session> {
  const { host, port, username: user, password, database, ca } = login;
  const client = new Client({ host, port, user, password, database, ssl: { ca } });
  client.on("error", () => {});
  await client.connect();
  return {
    ended: new Promise((resolve) => client.once("end", resolve)),
    query: async (sql) => (await client.query(sql)).rows,
  };
}
