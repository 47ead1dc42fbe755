/**
 * The log of MariaDB's audit plugin, which RDS offers for MySQL and MariaDB, and of Aurora MySQL's advanced auditing.
 * Comma-separated, and nothing quotes the commas of a user's name: the whole line must fit. Only CONNECT,
 * FAILED_CONNECT and DISCONNECT of users of ours are understood, never a query.
 */
import type { Instant } from "../grant.ts";
import { ourUser, type SessionNote } from "./session-note.ts";

/** timestamp,serverhost,username,host,connectionid,queryid,operation,database,object,retcode and, from some, a connection type. */
const line = new RegExp(
  `^(?<at>\\d{8} \\d\\d:\\d\\d:\\d\\d|\\d{16}),[^,]*,(?<user>${ourUser}),(?<address>[^,]*),(?<id>\\d+),\\d+,` +
    "(?<operation>CONNECT|FAILED_CONNECT|DISCONNECT),(?<database>[^,]*),[^,]*,(?<code>\\d+)(?:,(?<type>\\d*))?,*$",
);

/** Connection types of the plugin: 4 is TLS over TCP. */
const tlsType = "4";

/** `20261124 02:18:06`, UTC as RDS has it, or microseconds since 1970. */
function instant(text: string): Instant | undefined {
  const at = /^\d{16}$/.test(text)
    ? new Date(Number(text) / 1000)
    : new Date(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}T${text.slice(9)}Z`);
  // No server writes a day that there is not.
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

const kinds = { CONNECT: "opened", FAILED_CONNECT: "refused", DISCONNECT: "ended" } as const;

const beginning = /^(?:\d{8} \d\d:\d\d:\d\d|\d{16}),/;

/**
 * Undefined: the line says nothing about a session of a user of ours.
 * @param next the line that follows, where it is known. Nothing keeps a stranger from a line feed in the name that a
 * login is tried with: what such a name begins looks like a line of its own, and the rest of it like none.
 */
export function readMysqlAuditLine(text: string, next?: string): SessionNote | undefined {
  const found = line.exec(text.trimEnd())?.groups;
  if (!found || (next !== undefined && !beginning.test(next))) return undefined;
  const { at: written = "", user = "", address = "", id = "", operation, database, code, type } = found;
  const at = instant(written);
  if (at === undefined) return undefined;
  // The pattern knows no other operation.
  const kind = kinds[operation as keyof typeof kinds];
  return {
    kind,
    at,
    username: user,
    connection: `${address}#${id}`,
    ...(address ? { address } : {}),
    ...(database ? { database } : {}),
    ...(kind === "opened" && type ? { tls: type === tlsType } : {}),
    ...(kind === "refused" ? { code } : {}),
  };
}
