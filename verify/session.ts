import { readFileSync } from "node:fs";
import { createConnection } from "mysql2/promise";
import { Client } from "pg";
import type { Engine } from "../src/grant.ts";

/** What `dblease credential --json` prints; of a grant by IAM the password is a token. */
export interface Credential {
  host: string;
  port: number;
  username: string;
  password: string;
  database: string;
}

/** One open connection of a temporary user, as an application would hold it. */
export interface Session {
  /** The user's name, as the server knows it. */
  whoAmI(): Promise<string>;
  /** Resolves when the server or the network ends it. */
  ended: Promise<void>;
}

async function openPostgres(credential: Credential, ca: string | undefined): Promise<Session> {
  const { username: user, ...rest } = credential;
  const client = new Client({ ...rest, user, ssl: ca ? { ca } : true, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {});
  const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
  await client.connect();
  return {
    whoAmI: async () =>
      (await client.query<{ name: string }>("SELECT session_user AS name")).rows[0]?.name ?? "",
    ended,
  };
}

async function openMysql(credential: Credential, ca: string | undefined): Promise<Session> {
  const { username: user, ...rest } = credential;
  const connection = await createConnection({ ...rest, user, ssl: ca ? { ca } : {}, connectTimeout: 10_000 });
  connection.on("error", () => {});
  const ended = new Promise<void>((resolve) => connection.once("end", () => resolve()));
  return {
    whoAmI: async () => {
      const [rows] = await connection.query("SELECT SUBSTRING_INDEX(USER(), '@', 1) AS name");
      return (rows as { name: string }[])[0]?.name ?? "";
    },
    ended,
  };
}

/** Logs in over TLS that checks the server's certificate. @param caFile absent: the authorities that Node trusts. */
export function openSession(engine: Engine, credential: Credential, caFile?: string): Promise<Session> {
  const ca = caFile ? readFileSync(caFile, "utf8") : undefined;
  return engine === "postgres" ? openPostgres(credential, ca) : openMysql(credential, ca);
}
