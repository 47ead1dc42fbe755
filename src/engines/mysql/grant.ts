import { checkVerifier } from "../../verifiers/check-verifier.ts";
import type { NewUser } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { engineError, repeatOn } from "./errors.ts";
import { createEvent, moveEvent } from "./event.ts";
import { refuseAfter, refuseForeign } from "./guard.ts";
import { identifiedByIam } from "./iam.ts";
import { markOf, userNumber } from "./mark.ts";
import { instant, literal, ownAccount, ownName } from "./quote.ts";
import { type MysqlDoor, message, use } from "./use.ts";

/** Makes the user in one message; a user that is already there is brought to the same state, if it is ours. */
export async function grant(dialect: Dialect, door: MysqlDoor, user: NewUser): Promise<{ userOid: string }> {
  if (user.verifier !== undefined) checkVerifier(dialect.engine, user.verifier);
  // Composed before the login: what is refused here never reaches the server.
  const statements = grantStatements(dialect, user);
  return use(door, {}, async (connection) => {
    try {
      const results = await repeatOn([], () => message(connection, statements));
      return { userOid: String(results.at(-1)?.[0]?.number) };
    } catch (error) {
      throw engineError(error, user.username);
    }
  });
}

/**
 * Each statement commits by itself, so each beginning of this list must do no harm and be mended by the whole list: the
 * account is made locked and with nothing, and unlocked last. The deadline is asked at the beginning and just before
 * the account opens (dangers 5).
 */
export function grantStatements(dialect: Dialect, user: NewUser): string[] {
  const account = ownAccount(user.username);
  const role = ownName(user.groupRole);
  const { queries, updates } = markOf(user.marker);
  const limit = user.connectionLimit;
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError("a connection limit is at least 1");
  const identified = user.verifier === undefined ? identifiedByIam : dialect.identifiedBy(user.verifier);
  return [
    refuseAfter(user.deadline),
    refuseForeign(dialect, user),
    `CREATE USER IF NOT EXISTS ${account} ${identified} REQUIRE SSL
      WITH MAX_QUERIES_PER_HOUR ${queries} MAX_UPDATES_PER_HOUR ${updates} MAX_CONNECTIONS_PER_HOUR ${userNumber(user.deadline)}
      MAX_USER_CONNECTIONS ${limit} PASSWORD EXPIRE NEVER ACCOUNT LOCK`,
    // Somebody may have made another one just before ours.
    refuseForeign(dialect, user),
    createEvent(user),
    moveEvent(user.username, user.expiresAt),
    `ALTER USER ${account} ${identified} REQUIRE SSL WITH MAX_USER_CONNECTIONS ${limit} ACCOUNT LOCK`,
    `GRANT ${role} TO ${account}`,
    dialect.setDefaultRole(account, role),
    refuseAfter(user.deadline),
    ...unlockBefore(user),
    `SELECT number FROM ${dialect.accounts} a WHERE user = ${literal(user.username)} AND host = '%'`,
  ];
}

/** An event for a moment that has passed never runs, so an account past its expiry stays locked. */
function unlockBefore({ username, expiresAt }: NewUser): string[] {
  const unlock = literal(`ALTER USER ${ownAccount(username)} ACCOUNT UNLOCK`);
  return [
    `SET @dblease_unlock = IF(UTC_TIMESTAMP(3) < ${instant(expiresAt)}, ${unlock}, 'DO 0')`,
    "PREPARE dblease_unlock FROM @dblease_unlock",
    "EXECUTE dblease_unlock",
  ];
}
