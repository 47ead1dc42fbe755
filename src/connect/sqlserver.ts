/** One admin connection to SQL Server: verified, bounded in time, and never fooled into showing its password. */
import { setTimeout as pause } from "node:timers/promises";
import { DbleaseError } from "../errors.ts";
import { loginError } from "./login-errors.ts";
import { oneWire } from "./one-wire.ts";
import { rootCode } from "./sqlserver-errors.ts";

export interface SqlserverLogin {
  host: string;
  port: number;
  username: string;
  password: string;
  /** Authorities to trust as PEM; without `ca` the runtime's own. There is no plain text with SQL Server. */
  tls: { ca?: string };
  /** Whose work it is, `dblease/<grant id>`: sys.dm_exec_sessions shows it as program_name. */
  applicationName: string;
  /** Milliseconds until a server counts as unreachable, name look-up, TLS and login included. */
  connectTimeoutMs: number;
  /** Milliseconds for one batch; half of it for one lock. */
  statementTimeoutMs: number;
}

/** One row as the driver reads it: numbers, strings, dates, binary as Buffer. */
// biome-ignore lint/suspicious/noExplicitAny: the statement that was sent says what is in it.
export type Row = Record<string, any>;

/** One session. `query` sends one batch and resolves with the rows of each of its SELECTs. */
export interface SqlserverConnection {
  query(batch: string): Promise<Row[][]>;
  end(): Promise<void>;
  destroy(): void;
  /** `16.0.4105.2`, as `ProductVersion` says it. */
  readonly serverVersion: string;
}

/** ELOGIN: whatever the server has against this login, this password or its default database. */
const refused = /^ELOGIN$/;

/**
 * Logs in with TLS verify-full; the host in the certificate must be the one in the configuration even where the server
 * sends the login on to another (TDS routing). The database is `master`, so that no database of the user has to be up.
 * Whoever opens it ends it.
 * Throws DATABASE_UNREACHABLE, TLS_FAILED, DATABASE_REFUSED.
 */
export async function openSqlserver(login: SqlserverLogin): Promise<SqlserverConnection> {
  const address = `${login.host}:${login.port}`;
  const progress = { address, username: login.username, awaitingTls: false, timedOut: false };
  const wire = oneWire(
    {
      server: login.host,
      port: login.port,
      user: login.username,
      password: login.password,
      database: "master",
      connectionTimeout: login.connectTimeoutMs,
      requestTimeout: login.statementTimeoutMs,
      options: {
        encrypt: true,
        trustServerCertificate: false,
        serverName: login.host,
        cryptoCredentialsDetails: { minVersion: "TLSv1.2", ...login.tls },
        appName: login.applicationName,
        abortTransactionOnError: true,
        // How long a server may take to give up a statement that ran out of time.
        cancelTimeout: 2000,
      },
    },
    () => lost(address),
  );
  let timer: NodeJS.Timeout | undefined;
  try {
    // The driver's own limit does not cover a server that is silent inside TLS.
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        progress.timedOut = true;
        reject(lost(address));
      }, login.connectTimeoutMs);
    });
    const opened = wire.pool.connect().then(() => batch(settings(login)));
    opened.catch(() => {});
    const [[row] = []] = await Promise.race([opened, late]);
    return { query: batch, end, destroy: wire.destroy, serverVersion: String(row?.version) };
  } catch (error) {
    wire.destroy();
    const code = progress.timedOut ? "ETIMEOUT" : rootCode(error);
    const timedOut = /^E?(CONN)?TIMEOUT$/.test(code);
    throw loginError(
      { code: /^E(ENCRYPT)$/.test(code) ? "ERR_TLS_NOT_OFFERED" : code },
      { ...progress, timedOut },
      refused,
    );
  } finally {
    clearTimeout(timer);
  }

  async function batch(sql: string): Promise<Row[][]> {
    const { recordsets } = await wire.pool.request().batch(sql);
    return recordsets as unknown as Row[][];
  }

  async function end(): Promise<void> {
    // A dead socket cannot be said goodbye to, and says nothing when it is gone.
    await Promise.race([wire.pool.close().catch(() => {}), pause(1000, undefined, { ref: false })]);
  }
}

/** Whatever the login's or the server's defaults are, these hold: a lock is not waited for, an error ends a transaction. */
function settings({ statementTimeoutMs }: SqlserverLogin): string {
  return `SET NOCOUNT ON; SET XACT_ABORT ON; SET IMPLICIT_TRANSACTIONS OFF; SET ROWCOUNT 0;
    SET LOCK_TIMEOUT ${Math.ceil(statementTimeoutMs / 2)};
    SELECT CONVERT(nvarchar(128), SERVERPROPERTY(N'ProductVersion')) AS version;`;
}

function lost(address: string): DbleaseError {
  return new DbleaseError("UNAVAILABLE", `the session on ${address} has ended`, {
    next: "try again; nothing has to be cleaned up first",
  });
}
