import { Connection, Request } from "tedious";
import type { Session } from "../conformance/harness.ts";

export interface SqlserverAddress {
  host: string;
  port: number;
  ca: string;
}

export interface SqlserverAccount {
  user: string;
  password: string;
  database?: string;
  application?: string;
}

/** Who each session is, so that it can be opened once more under another application's name. */
export const accounts = new WeakMap<Session, SqlserverAccount>();

/** A session of anybody, on the driver alone: nothing of dblease stands in between. */
export async function openSession(
  at: SqlserverAddress,
  { user, password, database, application }: SqlserverAccount,
): Promise<Session> {
  const connection = new Connection({
    server: at.host,
    authentication: { type: "default", options: { userName: user, password } },
    options: {
      port: at.port,
      encrypt: true,
      trustServerCertificate: false,
      cryptoCredentialsDetails: { ca: at.ca },
      requestTimeout: 0,
      ...(database === undefined ? {} : { database }),
      appName: application ?? "an application",
    },
  });
  const ended = new Promise<void>((resolve) => connection.once("end", () => resolve()));
  connection.on("error", () => {});
  await new Promise<void>((resolve, reject) =>
    connection.connect((error) => (error ? reject(error) : resolve())),
  );
  const session: Session = {
    ended,
    query: (sql) =>
      new Promise((resolve, reject) => {
        const rows: Record<string, unknown>[] = [];
        const request = new Request(sql, (error) => (error ? reject(error) : resolve(rows)));
        request.on("row", (columns: { metadata: { colName: string }; value: unknown }[]) =>
          rows.push(Object.fromEntries(columns.map((it) => [it.metadata.colName, it.value]))),
        );
        connection.execSqlBatch(request);
      }),
    async close() {
      connection.close();
      await ended;
    },
  };
  accounts.set(session, { user, password, ...(database === undefined ? {} : { database }) });
  return session;
}

export async function run(
  at: SqlserverAddress,
  as: SqlserverAccount,
  sql: string,
): Promise<Record<string, unknown>[]> {
  const session = await openSession(at, as);
  try {
    return await session.query(sql);
  } finally {
    await session.close();
  }
}
