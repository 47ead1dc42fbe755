import type { GrantView } from "../src/views.ts";
import { Failure } from "./failure.ts";

/** All that a database client needs. The password was made here and stands nowhere else. */
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

/** `export` lines for the shell; variables without a value are left out. */
export function exportLines(variables: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(variables)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `export ${name}=${shellWord(value)}`)
    .join("\n");
}

/** One address with user and password, for tools that take nothing else. */
export function address(
  scheme: string,
  it: Credential,
  query: Readonly<Record<string, string | undefined>>,
): string {
  const host = it.host.includes(":") ? `[${it.host}]` : it.host;
  const login = `${encodeURIComponent(it.username)}:${encodeURIComponent(it.password)}`;
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  // Clients read %20 in a query, not the + that URLSearchParams writes.
  const options = new URLSearchParams(given).toString().replaceAll("+", "%20");
  return `${scheme}://${login}@${host}:${it.port}/${encodeURIComponent(it.database)}?${options}`;
}
