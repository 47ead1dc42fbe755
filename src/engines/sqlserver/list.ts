import type { Row } from "../../connect/sqlserver.ts";
import type { ListedUser } from "../engine.ts";
import { engineError } from "./errors.ts";
import { idOf } from "./look.ts";
import { property, readNote, sidOfText } from "./mark.ts";
import { list as listOf, literal, theirName } from "./quote.ts";
import { powersStatement } from "./server-powers.ts";
import { message, type SqlserverDoor, use } from "./use.ts";

/** Our kind of name, in whatever collation. */
const looksOurs = "LEFT(name, 4) = N'jit_' AND LEN(name) = 16";

/**
 * Whoever has our kind of name or is a member of one of these roles, logins and users of the grant's database, contained
 * users among them: each is a hint, none a proof. A note counts as marker only while the SID agrees with it.
 */
export async function list(
  door: SqlserverDoor,
  groupRoles: readonly string[],
): Promise<readonly ListedUser[]> {
  try {
    const [users = [], logins = [], members = [], notes = [], powers = []] = await use(
      door,
      {},
      (connection) => message(connection, listStatements(door.database, groupRoles)),
    );
    const key = (row: Row) => String(row.sid?.toString("hex") ?? row.name);
    const all = new Map([...users, ...logins].map((row) => [key(row), row]));
    return [...all]
      .map(([sid, row]): ListedUser => {
        const login = logins.find((it) => key(it) === sid);
        const user = users.find((it) => key(it) === sid);
        const [note] = notes.filter((it) => it.name === user?.name).map((it) => readNote(String(it.note)));
        const isOurs = note !== undefined && sidOfText(note.label) === `0x${sid.toUpperCase()}`;
        return {
          username: row.name,
          userOid: idOf(row.created),
          ...(isOurs ? { marker: note.label, validUntil: note.until } : {}),
          canLogin: login ? Number(login.disabled) !== 1 : user?.kind === 2,
          memberOf: members
            .filter((it) => it.name === user?.name)
            .map((it) => it.role)
            .sort(),
          attributes: powers.filter((it) => it.name === login?.name).map((it) => it.power),
        };
      })
      .sort((one, other) => (one.username < other.username ? -1 : 1));
  } catch (error) {
    throw engineError(error, "users");
  }
}

function listStatements(database: string, groupRoles: readonly string[]): string[] {
  const sys = `${theirName(database)}.sys`;
  const memberships = `${sys}.database_role_members m
    JOIN ${sys}.database_principals r ON r.principal_id = m.role_principal_id
    JOIN ${sys}.database_principals p ON p.principal_id = m.member_principal_id`;
  return [
    `SELECT name, sid, create_date AS created, authentication_type AS kind FROM ${sys}.database_principals
      WHERE type = 'S' AND ((${looksOurs}) OR principal_id IN (
        SELECT m.member_principal_id FROM ${sys}.database_role_members m JOIN ${sys}.database_principals r
        ON r.principal_id = m.role_principal_id WHERE r.name IN ${listOf(groupRoles)}))`,
    `SELECT name, sid, create_date AS created, is_disabled AS disabled FROM sys.server_principals
      WHERE type = 'S' AND ((${looksOurs}) OR sid IN (SELECT p.sid FROM ${memberships} WHERE r.name IN ${listOf(groupRoles)}))`,
    `SELECT p.name AS name, r.name AS role FROM ${memberships}`,
    `SELECT p.name AS name, CONVERT(nvarchar(400), e.value) AS note FROM ${sys}.extended_properties e
      JOIN ${sys}.database_principals p ON p.principal_id = e.major_id WHERE e.class = 4 AND e.name = ${literal(property)}`,
    powersStatement,
  ];
}
