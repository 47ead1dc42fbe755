/** One admin connection to Oracle: verified, bounded in time, and never fooled into showing its password. */
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import oracledb, { type BindParameters, type Connection } from "oracledb";
import { oracleLoginError } from "./oracle-errors.ts";

export interface OracleLogin {
  host: string;
  port: number;
  /** Name of the pluggable database's service; without containers, of the database's. */
  service: string;
  username: string;
  password: string;
  /** Authorities to trust as PEM; without `ca` the runtime's own. There is no plain text with these servers. */
  tls: { ca?: string };
  /** Whose work it is, `dblease/<grant id>`: V$SESSION shows it as the program, from the login on. */
  applicationName: string;
  /** Milliseconds until a server counts as unreachable, name look-up, TLS and login included. */
  connectTimeoutMs: number;
  /** Milliseconds for one call. */
  statementTimeoutMs: number;
}

/** One row: column names in upper case, all values text or numbers. */
// biome-ignore lint/suspicious/noExplicitAny: the statement that was sent says what is in it.
export type OracleRow = Record<string, any>;

export type OracleBinds = Readonly<Record<string, string | number | { out: "number" }>>;

export interface OracleAnswer {
  rows: readonly OracleRow[];
  /** What the statement wrote into its binds. */
  out: OracleRow;
}

/** All that the adapter asks of a connection: what is not in here cannot be sent. */
export interface OracleConnection {
  /** As one number: 1926000000 is 19.26. */
  readonly serverVersion: number;
  readonly applicationName: string;
  /** One call to the server. All rows are read before it resolves: an open cursor would hold up a kill. */
  query(sql: string, binds?: OracleBinds): Promise<OracleAnswer>;
  end(): Promise<void>;
  /** Gives the connection up without a word to the server. */
  destroy(): void;
}

/** Both go into a connect descriptor, where brackets mean something. */
const plain = /^[\w.:$#-]+$/;

/**
 * Logs in over TLS, to a server whose certificate is for this host. Oracle's own handshake then never shows the password
 * itself. Native Network Encryption is not spoken: it knows no certificates.
 * Throws DATABASE_UNREACHABLE, TLS_FAILED, DATABASE_REFUSED, BAD_CONFIGURATION.
 */
export async function openOracle(login: OracleLogin): Promise<OracleConnection> {
  if (!plain.test(login.host) || !plain.test(login.service)) {
    throw new RangeError("a host or service name is letters, digits and . : $ # -");
  }
  const progress = {
    address: `${login.host}:${login.port}`,
    username: login.username,
    service: login.service,
  };
  try {
    const connection = await trusting(login.tls.ca, () => {
      const opening = oracledb.getConnection({
        user: login.username,
        password: login.password,
        connectString: descriptor(login),
        connectTimeout: Math.ceil(login.connectTimeoutMs / 1000),
        program: login.applicationName,
      });
      return within(login.connectTimeoutMs, opening);
    });
    connection.callTimeout = login.statementTimeoutMs;
    return wrapped(connection, login.applicationName);
  } catch (error) {
    throw oracleLoginError(error, progress);
  }
}

function descriptor({ host, port, service }: OracleLogin): string {
  return `(DESCRIPTION=(ADDRESS=(PROTOCOL=TCPS)(HOST=${host})(PORT=${Number(port)}))
    (CONNECT_DATA=(SERVICE_NAME=${service}))(SECURITY=(SSL_SERVER_DN_MATCH=YES)))`;
}

/** oracledb's own time-out ends with the listener; a server that accepts and then keeps silent is ours to leave. */
async function within(milliseconds: number, opening: Promise<Connection>): Promise<Connection> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const error = Object.assign(new Error("no login in time"), { code: "ETIMEDOUT" });
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([opening, tooLate]);
  } catch (error) {
    opening.then((late) => late.close({ drop: true })).catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

let logins: Promise<unknown> = Promise.resolve();

/**
 * oracledb takes authorities only from a wallet that holds a client's key as well; without one it takes Node's, which this
 * changes for as long as the login lasts. One login at a time, so that none sees the authority of another.
 */
function trusting<T>(ca: string | undefined, work: () => Promise<T>): Promise<T> {
  if (ca === undefined) return work();
  const mine = logins.then(async () => {
    const before = getCACertificates("default");
    setDefaultCACertificates([ca]);
    try {
      return await work();
    } finally {
      setDefaultCACertificates(before);
    }
  });
  logins = mine.catch(() => {});
  return mine;
}

function wrapped(connection: Connection, applicationName: string): OracleConnection {
  return {
    serverVersion: connection.oracleServerVersion,
    applicationName,
    async query(sql, binds = {}) {
      const { rows = [], outBinds = {} } = await connection.execute<OracleRow>(sql, bindsOf(binds), {
        outFormat: oracledb.OUT_FORMAT_OBJECT,
        // Read in few round trips, however much somebody has left behind.
        prefetchRows: 1000,
        fetchArraySize: 1000,
      });
      return { rows, out: outBinds as OracleRow };
    },
    end: () => connection.close(),
    destroy: () => void connection.close({ drop: true }).catch(() => {}),
  };
}

function bindsOf(binds: OracleBinds): BindParameters {
  return Object.fromEntries(
    Object.entries(binds).map(([name, value]) => [
      name,
      typeof value === "object" ? { dir: oracledb.BIND_OUT, type: oracledb.NUMBER } : value,
    ]),
  );
}
