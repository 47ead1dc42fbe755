import { codeOf } from "../../connect/login-errors.ts";
import { checkScramSha256 } from "../../verifiers/check-scram-sha-256.ts";
import type { NewUser } from "../engine.ts";
import { markerText } from "../marker-text.ts";
import { refuseAfter, refuseForeign, refusePasswordAdmin, unlogged } from "./guard.ts";
import { asMember } from "./membership.ts";
import { instant, literal, ownName } from "./quote.ts";
import { duplicateRole, engineError, repeatOnCollision } from "./sqlstates.ts";
import { iamRole, managedRole, ownerRole } from "./standing-roles.ts";
import { message, type PostgresDoor, use } from "./use.ts";

/** Makes the user in one message; a user that is already there is brought to the same state, if it is ours. */
export async function grant(door: PostgresDoor, user: NewUser): Promise<{ userOid: string }> {
  if (user.verifier !== undefined) checkScramSha256(user.verifier);
  // Composed once before the login: what is refused here never reaches the server.
  grantStatements(user, "CREATE", 0);
  return use(door, {}, async (connection) => {
    const run = (verb: "CREATE" | "ALTER") =>
      repeatOnCollision(connection, () =>
        message(connection, asMessage(grantStatements(user, verb, connection.serverVersion))),
      );
    try {
      return userOidIn(
        await run("CREATE").catch(async (error: unknown) => {
          if (codeOf(error) !== duplicateRole) throw error;
          await connection.query("ROLLBACK");
          return run("ALTER");
        }),
      );
    } catch (error) {
      throw engineError(error, user.username);
    }
  });
}

/** The same between BEGIN and the SELECT as one block. */
function asMessage(statements: readonly string[]): string[] {
  const [begin = "", ...rest] = statements;
  return [begin, unlogged(rest.slice(0, -2)), ...rest.slice(-2)];
}

/** One transaction. ALTER is for the repetition: only a user with this grant's marker is altered. */
export function grantStatements(user: NewUser, verb: "CREATE" | "ALTER", serverVersion: number): string[] {
  const name = ownName(user.username);
  const marker = markerText(user.marker);
  const limit = user.connectionLimit;
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError("a connection limit is at least 1");
  const password = user.verifier === undefined ? "NULL" : literal(user.verifier);
  return [
    "BEGIN",
    `SET LOCAL ROLE ${ownName(ownerRole)}`,
    ...(verb === "ALTER" ? [refuseForeign(user.username, marker)] : []),
    `${verb} ROLE ${name} LOGIN PASSWORD ${password} VALID UNTIL ${instant(user.expiresAt)} CONNECTION LIMIT ${limit}`,
    `COMMENT ON ROLE ${name} IS ${literal(marker)}`,
    `GRANT ${ownName(managedRole)}, ${ownName(user.groupRole)} TO ${name}${asMember(serverVersion)}`,
    ...(user.verifier === undefined ? byIam(name, serverVersion) : []),
    refuseAfter(user.deadline),
    `SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${literal(user.username)}`,
    "COMMIT",
  ];
}

/**
 * The membership by which RDS knows that a token opens this role. The admin gives it itself: it may, and the owner role
 * need not hold it. VALID UNTIL does not bind such logins; the fence is their end.
 */
function byIam(name: string, serverVersion: number): string[] {
  return [
    "SET LOCAL ROLE NONE",
    refusePasswordAdmin,
    `GRANT ${iamRole} TO ${name}${asMember(serverVersion)}`,
  ];
}

/** The SELECT stands before the COMMIT. */
function userOidIn(results: Awaited<ReturnType<typeof message>>): { userOid: string } {
  return { userOid: String(results.at(-2)?.[0]?.oid) };
}
