import { codeOf } from "../../connect/login-errors.ts";
import type { PostgresConnection } from "../../connect/postgres.ts";
import { DbleaseError } from "../../errors.ts";
import type { Pair, PairDifference } from "../application-users.ts";
import { lacksAdminOption } from "./change-user-password.ts";
import { literal, theirName } from "./quote.ts";
import { copySettings, type RoleSetting, readSettings, settingsOf } from "./role-settings.ts";
import { engineError, lacksPrivilege, repeatOnCollision } from "./sqlstates.ts";
import { message } from "./use.ts";

interface Login {
  rolname: string;
  rolcanlogin: boolean;
  rolreplication: boolean;
  rolconnlimit: number;
  /** As text, so that `infinity` stays what it is. */
  validuntil: string | null;
  isAdmin: boolean;
}

interface Reading {
  first: Login;
  second?: Login;
  isMember: boolean;
  settings: { first: RoleSetting[]; second: RoleSetting[] };
  /** What the second user has alone; acting as the first it would lose that. */
  own: readonly { database: string | null; owned: boolean }[];
}

/**
 * The second user becomes a member of the first and acts as it from login on, so that whatever either makes belongs to
 * the first. Where the first itself acts as an owner role (`ALTER ROLE first SET role TO owner`), so does the second.
 * A second user that owns things of its own, as AWS's rotation functions leave them, goes on as itself and is reported.
 */
export async function preparePair(
  connection: PostgresConnection,
  { first, second }: Pair,
): Promise<readonly PairDifference[]> {
  try {
    const reading = await read(connection, first, second);
    await repeatOnCollision(connection, () => message(connection, membership(connection, reading, second)));
    const refused = await applyEach(connection, equalities(reading, second));
    return [...refused, ...differences(reading, second)];
  } catch (error) {
    throw codeOf(error) === lacksPrivilege ? lacksAdminOption(connection, first) : engineError(error, first);
  }
}

async function read(connection: PostgresConnection, first: string, second: string): Promise<Reading> {
  const [logins = [], members = [], settings = [], own = []] = await message(connection, [
    `SELECT rolname, rolcanlogin, rolreplication, rolconnlimit, rolvaliduntil::pg_catalog.text AS validuntil,
        rolname = current_user OR rolsuper AS "isAdmin"
      FROM pg_catalog.pg_roles WHERE rolname IN (${literal(first)}, ${literal(second)})`,
    `SELECT 1 AS one FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid = m.roleid
      JOIN pg_catalog.pg_roles u ON u.oid = m.member WHERE r.rolname = ${literal(first)} AND u.rolname = ${literal(second)}`,
    readSettings([first, second]),
    `SELECT DISTINCT db.datname AS database, d.deptype = 'o' AS owned
      FROM pg_catalog.pg_shdepend d LEFT JOIN pg_catalog.pg_database db ON db.oid = d.dbid
      JOIN pg_catalog.pg_roles r ON r.oid = d.refobjid AND r.rolname = ${literal(second)}
      WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
        AND d.classid <> 'pg_catalog.pg_auth_members'::pg_catalog.regclass`,
  ]);
  const byName = new Map((logins as Login[]).map((it) => [it.rolname, it]));
  const base = byName.get(first);
  const other = byName.get(second);
  if (!base) {
    throw new DbleaseError("NOT_FOUND", `the server has no user ${first}`, {
      next: "make the user, or mend rotations in dblease.yaml",
    });
  }
  if (base.isAdmin || other?.isAdmin) {
    throw new DbleaseError("USER_REFUSED", `${first} is an admin, which is never alternated`, {
      next: "use strategy single-user, or let RDS manage the master's password",
    });
  }
  if (other && members.length === 0) {
    throw new DbleaseError("USER_REFUSED", `user ${second} exists and does not belong to ${first}`, {
      next: `look whose it is; if it is the pair's: GRANT ${theirName(first)} TO ${theirName(second)}`,
    });
  }
  return {
    first: base,
    ...(other ? { second: other } : {}),
    isMember: members.length > 0,
    settings: { first: settingsOf(settings, first), second: settingsOf(settings, second) },
    own,
  };
}

function membership({ serverVersion }: PostgresConnection, reading: Reading, second: string): string[] {
  const name = theirName(second);
  const inherit = serverVersion >= 16 ? " WITH INHERIT TRUE, SET TRUE" : "";
  return [
    "BEGIN",
    ...(reading.second ? [] : [`CREATE ROLE ${name} LOGIN`]),
    ...(reading.isMember ? [] : [`GRANT ${theirName(reading.first.rolname)} TO ${name}${inherit}`]),
    ...(reading.second?.rolcanlogin === false ? [`ALTER ROLE ${name} LOGIN`] : []),
    "COMMIT",
  ];
}

/** Statements that make limits and settings equal; each stands alone, for the server may keep one to superusers. */
function equalities({ first, second, settings, own }: Reading, username: string): string[] {
  const limits =
    second?.rolconnlimit === first.rolconnlimit && second.validuntil === first.validuntil
      ? []
      : [
          `ALTER ROLE ${theirName(username)} CONNECTION LIMIT ${Number(first.rolconnlimit)}
            VALID UNTIL ${literal(first.validuntil ?? "infinity")}`,
        ];
  const isRole = ({ name }: RoleSetting) => name === "role";
  const actsAs = settings.first.find(isRole) ?? { name: "role", value: first.rolname };
  const present = own.length > 0 ? settings.second.filter((it) => !isRole(it)) : settings.second;
  const wanted = [...settings.first.filter((it) => !isRole(it)), ...(own.length > 0 ? [] : [actsAs])];
  return [...limits, ...copySettings(username, wanted, present)];
}

async function applyEach(
  connection: PostgresConnection,
  statements: readonly string[],
): Promise<PairDifference[]> {
  const refused: PairDifference[] = [];
  for (const statement of statements) {
    try {
      await repeatOnCollision(connection, () => message(connection, [statement]));
    } catch (error) {
      if (codeOf(error) !== lacksPrivilege) throw error;
      refused.push({ sentence: "the admin may not copy a setting of the first user", repair: statement });
    }
  }
  return refused;
}

function differences({ first, second, own }: Reading, username: string): PairDifference[] {
  const [from, to] = [theirName(username), theirName(first.rolname)];
  const found = own.map(({ database, owned }): PairDifference => {
    const where = database === null ? "" : ` in database ${theirName(database)}`;
    return owned
      ? {
          sentence: `${username} owns objects of its own${where}`,
          repair: `REASSIGN OWNED BY ${from} TO ${to}`,
        }
      : {
          sentence: `${username} has privileges of its own${where}`,
          repair: `REVOKE them from ${from} after a GRANT of the same to ${to}`,
        };
  });
  if (second && second.rolreplication !== first.rolreplication) {
    const repair = `ALTER ROLE ${from} ${first.rolreplication ? "" : "NO"}REPLICATION`;
    found.push({ sentence: "only one of the two users may replicate", repair });
  }
  return found;
}
