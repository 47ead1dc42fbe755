/** One admin connection to MySQL or MariaDB: verified, bounded in time, and never fooled into showing its password. */
import { checkServerIdentity, TLSSocket } from "node:tls";
import { type AuthPlugin, createConnection, type Connection as Wire } from "mysql2";
import type { Connection } from "mysql2/promise";
import { codeOf, loginError, refusedLogin } from "./login-errors.ts";

export interface MysqlLogin {
  host: string;
  port: number;
  username: string;
  /** The password; or, `byIam`, a signed token, which RDS asks for in clear text: it goes over verified TLS alone. */
  password: string;
  byIam?: true;
  /** Authorities to trust as PEM; without `ca` the runtime's own. There is no plain text with these servers. */
  tls: { ca?: string };
  /** Whose work it is, `dblease/<grant id>`: stands as a comment before each statement and in the connection's attributes. */
  applicationName: string;
  /** Milliseconds until a server counts as unreachable, name look-up, TLS and login included. */
  connectTimeoutMs: number;
  /** Milliseconds for one message; half of it for one lock. */
  statementTimeoutMs: number;
}

/** A connection that knows its server's version, as `VERSION()` says it, and what every message needs. */
export type MysqlConnection = Connection & {
  readonly serverVersion: string;
  readonly applicationName: string;
  readonly statementTimeoutMs: number;
};

/** Names are mysql2's; a server that knows the admin but not this way in counts as well. */
const refused =
  /^(ER_ACCESS_DENIED_|ER_DBACCESS_DENIED_|ER_ACCOUNT_|ER_MUST_CHANGE_PASSWORD|ER_HOST_|ER_NOT_SUPPORTED_AUTH_MODE$|AUTH_SWITCH_PLUGIN_ERROR$|MYSQL_CLEAR_PASSWORD_NOT_ENABLED$)/;

/**
 * Logs in with TLS verify-full, by mysql_native_password or caching_sha2_password; the latter may want the password
 * itself, which then goes through the verified TLS and nowhere else. A token goes the same way, only where the server
 * asks for it as RDS does. No database is chosen: a bystander's functions never stand in for the server's own
 * (dangers 10). Whoever opens it ends it.
 * Throws DATABASE_UNREACHABLE, TLS_FAILED, DATABASE_REFUSED.
 */
export async function openMysql(login: MysqlLogin): Promise<MysqlConnection> {
  // It becomes a comment.
  if (!/^[\w/-]+$/.test(login.applicationName)) throw new RangeError("a tag is letters, digits and slashes");
  const address = `${login.host}:${login.port}`;
  const progress = { address, username: login.username, awaitingTls: false, timedOut: false };
  let tokenGiven = false;
  const giveToken: AuthPlugin = () => () => {
    tokenGiven = true;
    return Buffer.from(`${login.password}\0`);
  };
  const wire = createConnection({
    host: login.host,
    port: login.port,
    user: login.username,
    // mysql2 speaks before it is asked, with a hash of this: a token waits until the server asks for it.
    password: login.byIam ? "" : login.password,
    ssl: { rejectUnauthorized: true, minVersion: "TLSv1.2", ...login.tls },
    authPlugins: login.byIam
      ? { ...noOtherWay(login, address), mysql_clear_password: giveToken }
      : { sha256_password: refuse(`${address} asked for the password in sha256_password`) },
    connectAttributes: { program_name: login.applicationName },
    charset: "UTF8MB4_GENERAL_CI",
    // A server could ask for a file of ours.
    flags: ["-LOCAL_FILES"],
    multipleStatements: true,
    dateStrings: true,
    connectTimeout: login.connectTimeoutMs,
  });
  // A connection that dies between two statements is reported by the next one; unheard, it would end the process.
  wire.on("error", () => {});
  try {
    const verified = verifyHost(wire, login.host);
    await new Promise<void>((resolve, reject) =>
      wire.connect((error) => (error ? reject(error) : resolve())),
    );
    if (!verified()) throw refusedLogin(`${address} let ${login.username} in without TLS`);
    if (login.byIam && !tokenGiven) throw refusedLogin(`${address} let ${login.username} in without a token`);
    const connection = wire.promise();
    const sql = settings(login);
    const [results] = await connection.query({ sql, timeout: login.connectTimeoutMs });
    return Object.assign(connection, {
      serverVersion: versionIn(results),
      applicationName: login.applicationName,
      statementTimeoutMs: login.statementTimeoutMs,
    });
  } catch (error) {
    wire.destroy();
    throw loginError(error, { ...progress, timedOut: codeOf(error) === "ETIMEDOUT" }, refused);
  }
}

function refuse(what: string): AuthPlugin {
  return () => {
    throw refusedLogin(`${what}; it was not sent`);
  };
}

/** Every other way in than RDS's, for a login by IAM. */
function noOtherWay({ username }: MysqlLogin, address: string): Record<string, AuthPlugin> {
  const refused = refuse(`${address} asked ${username} for something else than a token`);
  const ways = ["mysql_native_password", "caching_sha2_password", "sha256_password"];
  return Object.fromEntries(ways.map((way) => [way, refused]));
}

/**
 * mysql2 does not compare the certificate with a host that is an IP address, so the comparison is made here, for
 * every host, after TLS has begun and before mysql2 goes on to the password. Result: whether that has happened.
 */
function verifyHost(wire: Wire, host: string): () => boolean {
  let verified = false;
  // startTLS and stream are mysql2's own and not in its types; test/connect shows that they do what is said here.
  const inner = wire as unknown as { stream: unknown; startTLS: (then: (error?: Error) => void) => void };
  const startTls = inner.startTLS.bind(wire);
  inner.startTLS = (then) =>
    startTls((error) => {
      const { stream } = inner;
      const isTls = stream instanceof TLSSocket && stream.authorized;
      const failure =
        error ?? (isTls ? checkServerIdentity(host, stream.getPeerCertificate()) : new Error("no TLS"));
      verified = failure === undefined;
      then(failure);
    });
  return () => verified;
}

/**
 * What a server may have as its default is set here and wins: how text is quoted (quote.ts), in which zone times are,
 * how long a lock is waited for, that a replica's or a DBA's read-only default stops no revoke, and that no default cuts
 * short what is read: a receipt would not see the rest.
 */
function settings({ statementTimeoutMs }: MysqlLogin): string {
  const lockSeconds = Math.max(1, Math.floor(statementTimeoutMs / 2000));
  return [
    "SET NAMES utf8mb4",
    `SET SESSION sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00', autocommit = 1, lock_wait_timeout = ${lockSeconds},
      innodb_lock_wait_timeout = ${lockSeconds}, sql_select_limit = 18446744073709551615, sql_big_selects = 1`,
    "SET SESSION TRANSACTION READ WRITE",
    "SELECT VERSION() AS version",
  ].join("; ");
}

/** The rows of the last statement. */
function versionIn(results: unknown): string {
  const [row] = (results as { version: string }[][]).at(-1) ?? [];
  return row?.version ?? "";
}
