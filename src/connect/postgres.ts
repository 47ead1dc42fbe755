/** One admin connection to PostgreSQL: verified, bounded in time, and never fooled into showing its password. */
import { Client } from "pg";
import { loginError, refusedLogin } from "./login-errors.ts";

export interface PostgresLogin {
  host: string;
  port: number;
  database: string;
  username: string;
  /** The password; or, `byIam`, a signed token, which RDS asks for in clear text: it goes over verified TLS alone. */
  password: string;
  byIam?: true;
  /** Authorities to trust as PEM; without `ca` the runtime's own. `off`: plain text, said so in the configuration. */
  tls: { ca?: string } | "off";
  /** What pg_stat_activity and every log line show, `dblease/<grant id>`. */
  applicationName: string;
  /** Milliseconds until a server counts as unreachable, name look-up, TLS and login included. */
  connectTimeoutMs: number;
  /** Milliseconds for one statement; half of it for one lock. */
  statementTimeoutMs: number;
}

/** A connected client that knows its server's major version: no statement has to ask for it. */
export type PostgresConnection = Client & { readonly serverVersion: number };

/**
 * What a database's owner could set with ALTER DATABASE is set here and wins: nobody's function runs as our admin
 * (dangers 10), and nobody makes a revoke read-only.
 */
const settings = ["search_path=pg_catalog,pg_temp", "role=none", "default_transaction_read_only=off"];

/** Class 28: authorization; 3D000: no such database; 42501: no CONNECT (PostgreSQL manual, appendix A). */
const refused = /^(28...|3D000|42501)$/;

/**
 * Logs in with TLS verify-full and SCRAM-SHA-256 only, like libpq's sslmode=verify-full with
 * require_auth=scram-sha-256; with a token only where the server asks for it as RDS does. A hostile server that has
 * a certificate for this very host gets a token for this host, good for 15 minutes. Whoever opens it ends it.
 * Throws DATABASE_UNREACHABLE, TLS_FAILED, DATABASE_REFUSED.
 */
export async function openPostgres(login: PostgresLogin): Promise<PostgresConnection> {
  const address = `${login.host}:${login.port}`;
  const progress = { address, username: login.username, awaitingTls: false, timedOut: false };
  let request: "clear text" | "md5" | undefined;
  let proved = false;
  let serverVersion = 0;

  const client = new Client({
    host: login.host,
    port: login.port,
    database: login.database,
    user: login.username,
    // pg asks for the password after the server has said how it wants it: the last moment to refuse (dangers 29).
    password: () => {
      if (login.byIam ? request === "clear text" && login.tls !== "off" : request === undefined)
        return login.password;
      throw refusedLogin(
        login.byIam
          ? `${address} did not ask for a token, so none was sent; give ${login.username} rds_iam`
          : `${address} asked for the password in ${request}; it was not sent`,
      );
    },
    ssl: login.tls === "off" ? false : { rejectUnauthorized: true, ...login.tls },
    application_name: login.applicationName,
    options: settings.map((setting) => `-c ${setting}`).join(" "),
    statement_timeout: login.statementTimeoutMs,
    lock_timeout: Math.ceil(login.statementTimeoutMs / 2),
    idle_in_transaction_session_timeout: login.statementTimeoutMs,
    keepAlive: true,
  });
  // A connection that dies between two statements is reported by the next one; unheard, it would end the process.
  client.on("error", () => {});
  const { connection } = client;
  connection.on("connect", () => {
    progress.awaitingTls = login.tls !== "off";
  });
  connection.on("sslconnect", () => {
    progress.awaitingTls = false;
  });
  connection.on("authenticationCleartextPassword", () => {
    request = "clear text";
  });
  connection.on("authenticationMD5Password", () => {
    request = "md5";
  });
  connection.on("authenticationSASLFinal", () => {
    proved = true;
  });
  connection.on("parameterStatus", (status: { parameterName: string; parameterValue: string }) => {
    if (status.parameterName === "server_version") serverVersion = Number.parseInt(status.parameterValue, 10);
  });

  const timer = setTimeout(() => {
    progress.timedOut = true;
    connection.stream.destroy();
  }, login.connectTimeoutMs);
  try {
    await client.connect();
    // A server that asks for no password has not shown that it knows it: only SCRAM proves both sides.
    if (!proved && !(login.byIam && request === "clear text"))
      throw refusedLogin(
        `${address} let ${login.username} in without ${login.byIam ? "a token" : "SCRAM-SHA-256"}`,
      );
    return Object.assign(client, { serverVersion });
  } catch (error) {
    connection.stream.destroy();
    throw loginError(error, progress, refused);
  } finally {
    clearTimeout(timer);
  }
}
