import type { SqlserverConnection } from "../../connect/sqlserver.ts";
import { check, failed } from "../check.ts";
import type { Check, GroupRole } from "../engine.ts";
import { memberChecks } from "../member-checks.ts";
import { engineError } from "./errors.ts";
import { missingPermissions, permissionRepair, permissionStatement } from "./look.ts";
import { literal, theirName } from "./quote.ts";
import { rightStatement } from "./right.ts";
import { drift, powerless, standingIn, standingStatements } from "./roles.ts";
import { message, type SqlserverDoor, use } from "./use.ts";
import { tableStatements, tablesIn, wantedRights } from "./wanted-rights.ts";

const prepareCommand = "dblease databases prepare";
/** SQL Server 2016: DROP ... IF EXISTS and what else the statements need. */
const oldest = 13;

/** Every check runs, whatever the others say; a database that cannot be asked is a failed check, not an error. */
export async function doctor(
  door: SqlserverDoor,
  groupRoles: readonly GroupRole[],
): Promise<readonly Check[]> {
  try {
    const writer = await use(door, {}, async (connection) => [
      { id: "login", ok: true, sentence: "the admin logs in, encrypted" },
      versionCheck(connection),
      ...(await serverChecks(connection, door.database)),
      ...(await roleChecks(connection, door.database, groupRoles)),
    ]);
    const ping = (there: SqlserverConnection) => message(there, ["SELECT 1 AS one"]);
    return [...writer, ...(await memberChecks(door, ping, engineError)), ...replicaNote(door)];
  } catch (error) {
    return [failed("login", engineError(error, "the admin"))];
  }
}

/** Whoever makes a login here may expect it there. */
function replicaNote({ members }: SqlserverDoor): Check[] {
  const sentence =
    "a replica has logins of its own: a grant opens the writer alone, and a rotation changes a password there alone";
  return members.length > 1 ? [{ id: "replicas", ok: true, sentence }] : [];
}

function versionCheck({ serverVersion }: SqlserverConnection): Check {
  const major = Number.parseInt(serverVersion, 10);
  const sentence = `SQL Server ${serverVersion}; 2016 to 2022 (13 to 16) are meant`;
  return check("version", major >= oldest && major <= 16, sentence, "upgrade the server");
}

async function serverChecks(connection: SqlserverConnection, database: string): Promise<Check[]> {
  const home = literal(theirName(database));
  const [[rights] = [], [here] = [], away = [], triggers = []] = await message(connection, [
    permissionStatement,
    `SELECT IS_SRVROLEMEMBER(N'sysadmin') AS sysadmin, HAS_PERMS_BY_NAME(${home}, N'DATABASE', N'CONTROL') AS controls,
      HAS_PERMS_BY_NAME(N'msdb.dbo.sysjobs', N'OBJECT', N'SELECT') AS jobs`,
    "SELECT name FROM sys.databases WHERE (state <> 0 OR HAS_DBACCESS(name) = 0) AND name <> N'model'",
    `SELECT name FROM ${theirName(database)}.sys.triggers WHERE parent_class = 0 AND is_disabled = 0`,
  ]);
  const admin = theirName(String(rights?.admin));
  const lacks = missingPermissions(rights);
  const names = (rows: readonly { name?: string }[]) => rows.map((row) => row.name).join(", ");
  return [
    check(
      "admin_rights",
      lacks.length === 0,
      lacks.length === 0
        ? "the admin has every permission on the server that it needs"
        : `the admin lacks ${lacks.join(", ")}`,
      permissionRepair(lacks, rights?.admin),
    ),
    check(
      "superuser",
      Number(here?.sysadmin) !== 1,
      "the admin is no sysadmin",
      `ALTER SERVER ROLE [sysadmin] DROP MEMBER ${admin}`,
    ),
    check(
      "owner",
      Number(here?.controls) === 1,
      Number(here?.controls) === 1
        ? "the admin owns the database"
        : "the admin may not make users and roles in the database",
      `USE ${theirName(database)}; CREATE USER ${admin} FOR LOGIN ${admin}; ALTER ROLE [db_owner] ADD MEMBER ${admin}`,
    ),
    check(
      "jobs",
      Number(here?.jobs) === 1,
      Number(here?.jobs) === 1
        ? "the admin sees whose the jobs are"
        : "the admin does not see whose the jobs are; a login that owns one cannot be dropped",
      `USE [msdb]; GRANT SELECT ON OBJECT::[dbo].[sysjobs] TO ${admin}`,
    ),
    check(
      "databases",
      away.length === 0,
      away.length === 0
        ? "the admin looks into every database"
        : `the admin does not look into ${names(away)}`,
      "bring them up, or make the admin a user there: an orphaned user would not be seen",
    ),
    check(
      "ddl_triggers",
      triggers.length === 0,
      triggers.length === 0
        ? "no trigger of the database runs as the admin"
        : `these run as the admin when it makes a user: ${names(triggers)}`,
      triggers
        .map((row) => `USE ${theirName(database)}; DISABLE TRIGGER ${theirName(row.name)} ON DATABASE`)
        .join("; "),
    ),
    check("expiry", true, "SQL Server ends no access by itself: while dblease is down, an access goes on"),
  ];
}

async function roleChecks(
  connection: SqlserverConnection,
  database: string,
  groupRoles: readonly GroupRole[],
): Promise<Check[]> {
  const names = groupRoles.map(({ name }) => name);
  const reading = standingStatements(names, database);
  const answers = await message(connection, [...reading, ...tableStatements(groupRoles, database)]);
  const standing = standingIn(answers.slice(0, reading.length));
  const tables = tablesIn(answers.slice(reading.length));
  const all = [...powerless, ...groupRoles];
  return [
    ...all.map(({ name }) => {
      const isOurs = standing.marked.has(name) || powerless.some((it) => it.name === name);
      const stands = standing.present.has(name) && isOurs && !standing.foreign.includes(name);
      return check(`role:${name}`, stands, `role ${name} stands`, prepareCommand);
    }),
    ...all
      .filter(({ name }) => standing.present.has(name))
      .map((groupRole) => {
        const { name } = groupRole;
        try {
          const { missing, surplus } = drift(
            wantedRights(groupRole, tables),
            standing.rights.get(name) ?? [],
          );
          const count = missing.length + surplus.length;
          const sentence =
            count === 0 ? `${name} equals the configuration` : `${name} differs in ${count} privileges`;
          const statements = [
            ...surplus.map((right) => rightStatement("REVOKE", right, name)),
            ...missing.map((right) => rightStatement("GRANT", right, name)),
          ];
          return check(
            `rights:${name}`,
            count === 0,
            sentence,
            `USE ${theirName(database)}; ${statements.join("; ")}`,
          );
        } catch (error) {
          return failed(`rights:${name}`, engineError(error, name));
        }
      }),
  ];
}
