import type { MysqlConnection } from "../../connect/mysql.ts";
import { check, failed } from "../check.ts";
import type { Check, GroupRole } from "../engine.ts";
import { memberChecks } from "../member-checks.ts";
import { adminChecks } from "./admin-checks.ts";
import { definerStatements, definersIn } from "./definers.ts";
import type { Dialect } from "./dialect.ts";
import { drift } from "./drift.ts";
import { engineError } from "./errors.ts";
import { readStanding } from "./group-roles.ts";
import { withManaged } from "./prepare.ts";
import { rightStatements } from "./right.ts";
import { serverChecks } from "./server-checks.ts";
import { dbleaseSchema } from "./standing.ts";
import { readTables } from "./tables.ts";
import { type MysqlDoor, message, use } from "./use.ts";

const prepareCommand = "dblease databases prepare";

/** Every check runs, whatever the others say; a database that cannot be asked is a failed check, not an error. */
export async function doctor(
  dialect: Dialect,
  door: MysqlDoor,
  groupRoles: readonly GroupRole[],
): Promise<readonly Check[]> {
  try {
    const writer = await use(door, {}, async (connection) => [
      { id: "login", ok: true, sentence: "the admin logs in, encrypted" },
      ...(await serverChecks(dialect, connection)),
      ...(await adminChecks(dialect, connection, groupRoles)),
      ...(await roleChecks(dialect, connection, groupRoles)),
      await definerCheck(connection, groupRoles),
    ]);
    const ping = (there: MysqlConnection) => message(there, ["SELECT 1"]);
    return [...writer, ...(await memberChecks(door, ping, engineError))];
  } catch (error) {
    return [failed("login", engineError(error, "the admin"))];
  }
}

async function roleChecks(
  dialect: Dialect,
  connection: MysqlConnection,
  groupRoles: readonly GroupRole[],
): Promise<Check[]> {
  const names = groupRoles.map(({ name }) => name);
  const standing = await readStanding(dialect, connection, names);
  const checks = [
    check("schema", standing.hasSchema, `the schema ${dbleaseSchema} stands`, prepareCommand),
    ...names.map((name) => {
      const stands = standing.marked.includes(name) && !standing.foreign.includes(name);
      return check(`role:${name}`, stands, `role ${name} stands`, prepareCommand);
    }),
  ];
  for (const groupRole of withManaged(groupRoles)) {
    if (standing.present.includes(groupRole.name)) {
      checks.push(await rightsCheck(dialect, connection, groupRole));
    }
  }
  return checks;
}

async function rightsCheck(
  dialect: Dialect,
  connection: MysqlConnection,
  groupRole: GroupRole,
): Promise<Check> {
  const { name } = groupRole;
  try {
    const { missing, surplus } = await drift(
      dialect,
      connection,
      groupRole,
      await readTables(connection, [groupRole]),
      true,
    );
    const count = missing.length + surplus.length;
    const sentence =
      count === 0 ? `${name} equals the configuration` : `${name} differs in ${count} privileges`;
    const repair = [
      ...rightStatements("REVOKE", surplus, name),
      ...rightStatements("GRANT", missing, name),
    ].join("; ");
    return check(`rights:${name}`, count === 0, sentence, repair);
  } catch (error) {
    return failed(`rights:${name}`, engineError(error, name));
  }
}

/** What runs with a group role's rights outlives every grant; it names no user, so no receipt can. */
async function definerCheck(connection: MysqlConnection, groupRoles: readonly GroupRole[]): Promise<Check> {
  const roles = withManaged(groupRoles).map(({ name }) => name);
  const found = definersIn(await message(connection, definerStatements(roles)));
  return check(
    "definers",
    found.length === 0,
    found.length === 0
      ? "nothing runs with the rights of a role"
      : `whoever may use these has a role's rights: ${found.map(({ what }) => what).join(", ")}`,
    found.map(({ statement }) => statement).join("; "),
  );
}
