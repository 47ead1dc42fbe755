import type { PostgresConnection } from "../../connect/postgres.ts";
import type { Check, GroupRole } from "../engine.ts";
import { drift } from "./drift.ts";
import { literal, theirName } from "./quote.ts";
import { rightStatements } from "./right.ts";
import { engineError } from "./sqlstates.ts";
import { joinOwner, readStanding, type Standing } from "./standing.ts";
import { graveyardRole, managedRole, ownerRole } from "./standing-roles.ts";
import { message, type PostgresDoor, use } from "./use.ts";

const prepareCommand = "dblease databases prepare";

/** Every check runs, whatever the others say; a database that cannot be asked is a failed check, not an error. */
export async function doctor(
  door: PostgresDoor,
  groupRoles: readonly GroupRole[],
): Promise<readonly Check[]> {
  try {
    const writer = await use(door, {}, async (connection) => [
      { id: "login", ok: true, sentence: "the admin logs in" },
      ...(await serverChecks(connection)),
      ...(await roleChecks(connection, groupRoles)),
    ]);
    return [...writer, ...(await memberChecks(door))];
  } catch (error) {
    return [failed("login", engineError(error, "the admin"))];
  }
}

async function serverChecks(connection: PostgresConnection): Promise<Check[]> {
  const version = connection.serverVersion;
  const [[state] = [], creators = []] = await message(connection, [
    `SELECT current_user AS admin, r.rolcreaterole, r.rolsuper, COALESCE(s.ssl, false) AS ssl,
        pg_catalog.pg_has_role('pg_signal_backend', 'USAGE') AS signals
      FROM pg_catalog.pg_roles r LEFT JOIN pg_catalog.pg_stat_ssl s ON s.pid = pg_catalog.pg_backend_pid()
      WHERE r.rolname = current_user`,
    `SELECT n.nspname FROM pg_catalog.pg_namespace n
      CROSS JOIN LATERAL pg_catalog.aclexplode(COALESCE(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) e
      WHERE e.grantee = 0 AND e.privilege_type = 'CREATE' ORDER BY n.nspname`,
  ]);
  const admin = theirName(state.admin);
  const open = creators.map((row) => theirName(row.nspname)).join(", ");
  return [
    check("version", version >= 13 && version <= 18, `PostgreSQL ${version}; 13 to 18 are known to work`),
    check("tls", state.ssl, "the admin connection is encrypted", "set tls.ca in dblease.yaml"),
    check(
      "superuser",
      !state.rolsuper,
      "the admin is no superuser",
      "use the RDS master or a role with CREATEROLE",
    ),
    check("createrole", state.rolcreaterole, "the admin has CREATEROLE", `ALTER ROLE ${admin} CREATEROLE`),
    check("signal", state.signals, "the admin may end other sessions", `GRANT pg_signal_backend TO ${admin}`),
    check(
      "public_create",
      creators.length === 0,
      open === "" ? "PUBLIC may create in no schema" : `PUBLIC may create in ${open}`,
      `REVOKE CREATE ON SCHEMA ${open} FROM PUBLIC`,
    ),
    ...(version >= 16 ? [await reservedCheck(connection, admin)] : []),
  ];
}

/** A full server must still let the revoke in (dangers 25). */
async function reservedCheck(connection: PostgresConnection, admin: string): Promise<Check> {
  const [[state] = []] = await message(connection, [
    `SELECT pg_catalog.current_setting('reserved_connections')::pg_catalog.int4 > 0
      AND pg_catalog.pg_has_role('pg_use_reserved_connections', 'USAGE') AS ok`,
  ]);
  return check(
    "reserved_connections",
    state.ok,
    "connections are reserved for the admin",
    `set reserved_connections to 3 in the parameter group, then GRANT pg_use_reserved_connections TO ${admin}`,
  );
}

async function roleChecks(
  connection: PostgresConnection,
  groupRoles: readonly GroupRole[],
): Promise<Check[]> {
  const names = groupRoles.map((groupRole) => groupRole.name);
  const standing = await readStanding(connection, names);
  const checks: Check[] = [ownerCheck(standing, connection.serverVersion)];
  for (const name of [ownerRole, managedRole, graveyardRole, ...names]) {
    const ours = standing.present.includes(name) && !standing.foreign.includes(name);
    checks.push(check(`role:${name}`, ours, `role ${name} stands`, prepareCommand));
  }
  for (const groupRole of groupRoles) {
    if (standing.present.includes(groupRole.name))
      checks.push(await rightsCheck(connection, groupRole, standing.admin));
  }
  return checks;
}

function ownerCheck(standing: Standing, serverVersion: number): Check {
  const repair = standing.present.includes(ownerRole)
    ? joinOwner(standing.admin, serverVersion)
    : prepareCommand;
  return check("owner_role", standing.adminActs, `the admin acts as ${ownerRole}`, repair);
}

/** Equal to the configuration; otherwise how to mend it, and first whose tables the admin may not open. */
async function rightsCheck(
  connection: PostgresConnection,
  groupRole: GroupRole,
  admin: string,
): Promise<Check> {
  const id = `rights:${groupRole.name}`;
  try {
    const { missing, surplus } = await drift(connection, groupRole);
    const closed = [...missing, ...surplus].filter((right) => !right.mayChange);
    const owners = [...new Set(closed.map((right) => right.owner))];
    const inherit = connection.serverVersion >= 16 ? " WITH INHERIT TRUE, SET FALSE" : "";
    const repair = [
      ...owners.map((owner) => `GRANT ${theirName(owner)} TO ${theirName(admin)}${inherit}`),
      ...rightStatements("REVOKE", surplus, groupRole.name),
      ...rightStatements("GRANT", missing, groupRole.name),
    ].join("; ");
    const count = missing.length + surplus.length;
    const sentence =
      count === 0
        ? `${groupRole.name} equals the configuration`
        : `${groupRole.name} differs in ${count} privileges`;
    return check(id, count === 0, sentence, repair);
  } catch (error) {
    return failed(id, engineError(error, groupRole.name));
  }
}

async function memberChecks(door: PostgresDoor): Promise<Check[]> {
  return Promise.all(
    door.members.slice(1).map(async (member) => {
      const id = `member:${member.id}`;
      try {
        await use(door, { member }, (connection) => connection.query(`SELECT ${literal(member.id)}`));
        return check(id, true, `${member.id} can be reached`);
      } catch (error) {
        return failed(id, engineError(error, member.id));
      }
    }),
  );
}

function check(id: string, ok: boolean, sentence: string, repair?: string): Check {
  return { id, ok, sentence, ...(ok || repair === undefined ? {} : { repair }) };
}

function failed(id: string, error: { message: string; next: string }): Check {
  return { id, ok: false, sentence: error.message, repair: error.next };
}
