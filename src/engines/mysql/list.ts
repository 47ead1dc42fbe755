import type { ListedUser } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { engineError } from "./errors.ts";
import { currentAdmin } from "./group-roles.ts";
import { markOfText } from "./mark.ts";
import { literal } from "./quote.ts";
import { dbleaseSchema } from "./standing.ts";
import { type MysqlDoor, message, type Row, use } from "./use.ts";

/** Our kind of name; a `regexp` would need the same collation everywhere. */
const looksOurs = `LEFT(user, 4) = 'jit_' AND CHAR_LENGTH(user) = 16`;

/**
 * Whoever has our kind of name, an event with our kind of label, or is a member of one of these roles: each is a hint,
 * none a proof. A label counts as marker only while the account's own mark agrees with it.
 */
export async function list(
  dialect: Dialect,
  door: MysqlDoor,
  groupRoles: readonly string[],
): Promise<readonly ListedUser[]> {
  try {
    const [users = [], memberships = [], events = [], privileges = []] = await use(door, {}, (connection) =>
      message(connection, listStatements(dialect, groupRoles)),
    );
    return users.map((row) => {
      const label = events.find((event) => event.name === row.user);
      const mine = memberships.filter((it) => it.user === row.user && it.host === row.host);
      const grantee = `'${row.user}'@'${row.host}'`;
      return {
        username: row.host === "%" ? row.user : `${row.user}@${row.host}`,
        userOid: String(row.number),
        ...(label && agrees(row, label.label) ? { marker: label.label } : {}),
        canLogin: Number(row.locked) !== 1,
        ...(Number(row.iam) === 1 ? { byIam: true as const } : {}),
        ...(label ? { validUntil: `${String(label.until).replace(" ", "T").slice(0, 19)}.000Z` } : {}),
        memberOf: mine.map((it) => it.role).sort(),
        attributes: privileges.filter((it) => it.grantee === grantee).map((it) => it.privilege),
      };
    });
  } catch (error) {
    throw engineError(error, "users");
  }
}

function agrees(account: Row, label: string): boolean {
  const { queries, updates } = markOfText(label);
  return Number(account.queries) === queries && Number(account.updates) === updates;
}

function listStatements(dialect: Dialect, groupRoles: readonly string[]): string[] {
  const roles = [...groupRoles.map(literal), "NULL"].join(", ");
  const members = `SELECT user, host FROM ${dialect.memberships} m WHERE role IN (${roles}) AND user <> ${currentAdmin}`;
  const labels = `SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ${literal(dbleaseSchema)}`;
  const listed = `${dialect.accounts} a WHERE (${looksOurs}) OR user IN (${labels}) OR (user, host) IN (${members})`;
  return [
    `SELECT user, host, queries, updates, number, locked, iam FROM ${listed} ORDER BY user, host`,
    `SELECT role, user, host FROM ${dialect.memberships} m WHERE (user, host) IN (SELECT user, host FROM ${listed})`,
    `SELECT EVENT_NAME AS name, EVENT_COMMENT AS label, EXECUTE_AT AS until FROM information_schema.EVENTS
      WHERE EVENT_SCHEMA = ${literal(dbleaseSchema)}`,
    `SELECT GRANTEE AS grantee, PRIVILEGE_TYPE AS privilege FROM information_schema.USER_PRIVILEGES
      WHERE PRIVILEGE_TYPE <> 'USAGE' AND GRANTEE IN (SELECT CONCAT('''', user, '''@''', host, '''') FROM ${listed})
      ORDER BY PRIVILEGE_TYPE`,
  ];
}
