/** What else the server knows of a user: privileges, what runs as it, its event, prepared transactions. */
import type { KnownUser } from "../engine.ts";
import { type Definer, definerStatements, definersIn } from "./definers.ts";
import type { Dialect } from "./dialect.ts";
import { labelOf } from "./mark.ts";
import { digits, literal, ownName } from "./quote.ts";
import { dbleaseSchema } from "./standing.ts";
import type { Row } from "./use.ts";

export interface Leftovers {
  /** `schema app`, `table app.orders`, `CREATE USER on everything`. */
  privileges: readonly { what: string; host: string }[];
  /** What runs with the user's rights. */
  definers: readonly Definer[];
  /** The event that dblease made with the user. */
  hasEvent: boolean;
  /** Prepared XA transactions that may be the user's. */
  prepared: readonly Prepared[];
  /** Those, and the ones that seem to have a session still: what the server says of that may be a tenth of a second old. */
  listed: readonly Prepared[];
}

export interface Prepared {
  xid: string;
  /** `XA ROLLBACK` of it. */
  statement: string;
}

/**
 * A server does not say whose a prepared transaction is. One that began a day before the user was made is not the
 * user's; a day, because InnoDB gives the beginning in the zone of its operating system.
 */
const slackSeconds = 86_400;

/** `number`: the user's, where it is known. */
export function leftoverStatements(dialect: Dialect, user: KnownUser, number: string | undefined): string[] {
  ownName(user.username);
  const name = literal(user.username);
  const grantee = literal(`${literal(user.username)}@`);
  const since =
    number === undefined ? "" : ` AND trx_started >= FROM_UNIXTIME(${digits(number)} - ${slackSeconds})`;
  return [
    `SELECT CONCAT('schema ', Db) AS what, Host AS host FROM mysql.db WHERE User = ${name}
      UNION ALL SELECT CONCAT('table ', Db, '.', Table_name), Host FROM mysql.tables_priv WHERE User = ${name}
      UNION ALL SELECT CONCAT(LOWER(Routine_type), ' ', Db, '.', Routine_name), Host FROM mysql.procs_priv WHERE User = ${name}
      UNION ALL SELECT CONCAT('proxy of ', Proxied_user, '@', Proxied_host), Host FROM mysql.proxies_priv WHERE User = ${name}`,
    `SELECT PRIVILEGE_TYPE AS what, GRANTEE AS grantee FROM information_schema.USER_PRIVILEGES
      WHERE LEFT(GRANTEE, CHAR_LENGTH(${grantee})) = ${grantee} AND PRIVILEGE_TYPE <> 'USAGE'`,
    ...definerStatements([user.username]),
    `SELECT COUNT(*) AS events FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ${literal(dbleaseSchema)}
      AND EVENT_NAME = ${name} AND EVENT_COMMENT = ${literal(labelOf(user.marker))}`,
    ...preparedStatements(dialect, since),
  ];
}

/**
 * Without PROCESS the first fails (1227), and so nobody counts sessions who cannot see them. InnoDB fills INNODB_TRX anew
 * only when the last filling, anybody's, is 0.1 seconds old (MySQL manual, "Persistence and Consistency of InnoDB
 * Transaction and Locking Information").
 */
function preparedStatements(dialect: Dialect, since: string): string[] {
  return [
    `SELECT COUNT(*) AS detached FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id = 0${since}`,
    dialect.xaRecover,
  ];
}

/** The answers to leftoverStatements. */
export function leftoversIn(results: readonly Row[][]): Leftovers {
  const [granted = [], global = []] = results;
  const definers = results.slice(2, -3);
  const [own = [], detached = [], prepared = []] = results.slice(-3);
  const listed = prepared.map(preparedIn);
  return {
    privileges: [
      ...granted.map((row) => ({ what: row.what, host: row.host })),
      ...global.map((row) => ({ what: `${row.what} on everything`, host: hostIn(row.grantee) })),
    ],
    definers: definersIn(definers),
    hasEvent: Number(own[0]?.events) > 0,
    prepared: Number(detached[0]?.detached) > 0 ? listed : [],
    listed,
  };
}

/** The host in information_schema's `'user'@'host'`. */
function hostIn(grantee: string): string {
  return grantee.slice(grantee.lastIndexOf("@") + 2, -1);
}

/** MySQL gives both parts of an xid as one `0x...`, MariaDB as bytes. */
function preparedIn(row: Row): Prepared {
  const hex: string = Buffer.isBuffer(row.data)
    ? row.data.toString("hex")
    : String(row.data).replace(/^0x/, "");
  const end = Number(row.gtrid_length) * 2;
  const [gtrid, bqual] = [hex.slice(0, end), hex.slice(end)];
  const xid = `X'${gtrid}', X'${bqual}', ${Number(row.formatID)}`;
  return { xid, statement: `XA ROLLBACK ${xid}` };
}
