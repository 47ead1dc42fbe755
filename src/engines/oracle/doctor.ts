import type { OracleConnection } from "../../connect/oracle.ts";
import { check, failed } from "../check.ts";
import type { Check, GroupRole } from "../engine.ts";
import { memberChecks } from "../member-checks.ts";
import { adminChecks, dictionaryCheck } from "./admin-checks.ts";
import { drift } from "./drift.ts";
import { engineError } from "./errors.ts";
import { ownName, quoted, spoken } from "./quote.ts";
import { readSchemas } from "./schemas.ts";
import { serverChecks } from "./server-checks.ts";
import { readStanding, withManaged } from "./standing.ts";
import { type OracleDoor, use } from "./use.ts";

const prepareCommand = "dblease databases prepare";

/** Every check runs, whatever the others say; a database that cannot be asked is a failed check, not an error. */
export async function doctor(door: OracleDoor, groupRoles: readonly GroupRole[]): Promise<readonly Check[]> {
  try {
    const writer = await use(door, {}, async (connection) => {
      const login = { id: "login", ok: true, sentence: "the admin logs in, encrypted" };
      const dictionary = await dictionaryCheck(connection);
      // Nothing else can be asked without the dictionary.
      if (!dictionary.ok) return [login, dictionary];
      return [
        login,
        dictionary,
        ...(await serverChecks(connection)),
        ...(await adminChecks(connection)),
        ...(await roleChecks(connection, groupRoles)),
      ];
    });
    return [...writer, ...(await memberChecks(door, (there) => there.query(askAnything), engineError))];
  } catch (error) {
    return [failed("login", engineError(error, "the admin"))];
  }
}

async function roleChecks(connection: OracleConnection, groupRoles: readonly GroupRole[]): Promise<Check[]> {
  const checks: Check[] = [];
  const admin = await currentAdmin(connection);
  for (const groupRole of withManaged(groupRoles)) {
    const { name } = groupRole;
    const { state, mayGive } = await readStanding(connection, name);
    checks.push(check(`role:${name}`, state === "ours", `role ${name} stands`, prepareCommand));
    if (state !== "ours") continue;
    const give = `GRANT ${quoted(ownName(name))} TO ${quoted(admin)} WITH ADMIN OPTION`;
    const sentence = mayGive ? `${spoken(admin)} may give ${name}` : `${spoken(admin)} may not give ${name}`;
    checks.push(check(`give:${name}`, mayGive, sentence, give));
    checks.push(...(await rightsChecks(connection, groupRole)));
  }
  return checks;
}

const readAdmin = "SELECT SYS_CONTEXT('USERENV', 'SESSION_USER') AS ADMIN FROM DUAL";

async function currentAdmin(connection: OracleConnection): Promise<string> {
  const { rows } = await connection.query(readAdmin);
  return String(rows[0]?.ADMIN);
}

async function rightsChecks(connection: OracleConnection, groupRole: GroupRole): Promise<Check[]> {
  const { name } = groupRole;
  try {
    const schemas = await readSchemas(connection, [groupRole]);
    const { count, statements } = await drift(connection, groupRole, schemas, true);
    const sentence =
      count === 0 ? `${name} equals the configuration` : `${name} differs in ${count} privileges`;
    const invalid = [...schemas].flatMap(([schema, it]) => it.invalid.map((view) => quoted(schema, view)));
    return [
      check(`rights:${name}`, count === 0, sentence, statements.join("; ")),
      check(
        `invalid:${name}`,
        invalid.length === 0,
        invalid.length === 0
          ? "every view can be opened"
          : `these views do not compile and stay closed: ${invalid.join(", ")}`,
        invalid.map((view) => `ALTER VIEW ${view} COMPILE`).join("; "),
      ),
    ];
  } catch (error) {
    return [failed(`rights:${name}`, engineError(error, name))];
  }
}

const askAnything = "SELECT 1 AS ONE FROM DUAL";
