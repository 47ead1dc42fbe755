import type { GrantView } from "../src/views.ts";
import { Failure } from "./failure.ts";

/** All that a PostgreSQL client needs. The password was made here and stands nowhere else. */
export interface Credential {
  host: string;
  port: number;
  username: string;
  password: string;
  database: string;
  sslmode: "verify-full" | "disable";
  /** File of the authority that signed the database's certificate, where it is not one of AWS's. */
  sslrootcert?: string;
}

/** Puts grant and password together. `sslrootcert` is the file that the grant's own authority was written to. */
export function credentialOf(
  grant: GrantView,
  password: string,
  sslrootcert: string | undefined,
): Credential {
  const { connection, username, id } = grant;
  if (!connection) {
    throw new Failure(
      "UNAVAILABLE",
      `the API does not say yet where ${grant.database} listens`,
      `dblease show ${id}`,
    );
  }
  return {
    host: connection.host,
    port: connection.port,
    username,
    password,
    database: connection.database,
    sslmode: connection.tls === "off" ? "disable" : "verify-full",
    ...(sslrootcert === undefined ? {} : { sslrootcert }),
  };
}

/** Single quotes hold off everything that a shell reads in a word, except themselves. */
const shellWord = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The environment that every PostgreSQL client reads. */
export function credentialVariables(it: Credential): [string, string][] {
  const variables: [string, string][] = [
    ["PGHOST", it.host],
    ["PGPORT", String(it.port)],
    ["PGUSER", it.username],
    ["PGPASSWORD", it.password],
    ["PGDATABASE", it.database],
    ["PGSSLMODE", it.sslmode],
  ];
  if (it.sslrootcert !== undefined) variables.push(["PGSSLROOTCERT", it.sslrootcert]);
  return variables;
}

/** The same as `export` lines for the shell. */
export function credentialEnv(it: Credential): string {
  const lines = credentialVariables(it).map(([name, value]) => `export ${name}=${shellWord(value)}`);
  return lines.join("\n");
}

/** One `postgresql://` address, for tools that take nothing else. */
export function credentialUri(it: Credential): string {
  const host = it.host.includes(":") ? `[${it.host}]` : it.host;
  const login = `${encodeURIComponent(it.username)}:${encodeURIComponent(it.password)}`;
  const query = new URLSearchParams({ sslmode: it.sslmode });
  if (it.sslrootcert !== undefined) query.set("sslrootcert", it.sslrootcert);
  // libpq reads %20 in a query, not the + that URLSearchParams writes.
  const options = query.toString().replaceAll("+", "%20");
  return `postgresql://${login}@${host}:${it.port}/${encodeURIComponent(it.database)}?${options}`;
}
