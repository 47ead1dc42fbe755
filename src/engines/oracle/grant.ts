import { DbleaseError } from "../../errors.ts";
import { checkVerifier } from "../../verifiers/check-verifier.ts";
import type { NewUser } from "../engine.ts";
import * as block from "./block.ts";
import { engineError, repeatOvertaken } from "./errors.ts";
import { whose } from "./mark.ts";
import { instant, ownName } from "./quote.ts";
import { hasRollover } from "./rollover.ts";
import { type OracleDoor, use } from "./use.ts";

/**
 * What a profile says beside sessions and life. The password is made by dblease, so no function judges it; wrong ones lock
 * the account for a minute, not for a day. Without PASSWORD_GRACE_TIME nobody logs in with an expired one. What a profile
 * does not say it has from DEFAULT: with somebody's PASSWORD_ROLLOVER_TIME there, a changed password would live on.
 */
export function profileLimits(rollover: boolean): string {
  const limits =
    "FAILED_LOGIN_ATTEMPTS 10 PASSWORD_LOCK_TIME 1/1440 PASSWORD_GRACE_TIME 0 PASSWORD_REUSE_TIME UNLIMITED PASSWORD_REUSE_MAX UNLIMITED PASSWORD_VERIFY_FUNCTION NULL";
  return rollover ? `${limits} PASSWORD_ROLLOVER_TIME 0` : limits;
}

/**
 * Each statement commits by itself, so each beginning of this block must do no harm and be mended by the whole of it: the
 * user is made locked and with nothing, and unlocked last. The deadline is asked at the beginning and just before that.
 */
export const makeUser = (rollover: boolean) => `DECLARE
  found NUMBER;
  age NUMBER;
  life NUMBER;
  verb VARCHAR2(6);
BEGIN
  ${block.refuseAfterDeadline}
  ${block.refuseForeign}
  ${block.lifeUntilExpiry}
  SELECT COUNT(*) INTO found FROM SYS.DBA_PROFILES WHERE PROFILE = :marker;
  verb := CASE found WHEN 0 THEN 'CREATE' ELSE 'ALTER' END;
  EXECUTE IMMEDIATE verb || ' PROFILE ' || ${block.profile} || ' LIMIT SESSIONS_PER_USER ' || :sessions || ' PASSWORD_LIFE_TIME ' || life || '/86400 ${profileLimits(rollover)}';
  ${block.findUser}
  IF found = 0 THEN
    EXECUTE IMMEDIATE 'CREATE USER ' || ${block.user} || ' IDENTIFIED BY ' || ${block.password} || ' PROFILE ' || ${block.profile} || ' ACCOUNT LOCK';
  ELSE
    EXECUTE IMMEDIATE 'ALTER USER ' || ${block.user} || ' IDENTIFIED BY ' || ${block.password} || ' ACCOUNT LOCK';
  END IF;
  ${block.moveJob}
  EXECUTE IMMEDIATE 'GRANT ' || ${block.groupRole} || ' TO ' || ${block.user};
  ${block.refuseAfterDeadline}
  IF ${block.now} < ${block.instantOf("expires")} THEN
    EXECUTE IMMEDIATE 'ALTER USER ' || ${block.user} || ' ACCOUNT UNLOCK';
  END IF;
  SELECT USER_ID INTO found FROM SYS.DBA_USERS WHERE USERNAME = :username;
  :userid := found;
END;`;

/** Makes the user in one call; a user that is already there is brought to the same state, if it is ours. */
export async function grant(door: OracleDoor, user: NewUser): Promise<{ userOid: string }> {
  const password = passwordOf(user);
  const limit = user.connectionLimit;
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError("a connection limit is at least 1");
  const binds = {
    ...whose(user),
    password,
    role: ownName(user.groupRole),
    sessions: limit,
    expires: instant(user.expiresAt),
    deadline: instant(user.deadline),
    userid: { out: "number" },
  } as const;
  return use(door, {}, async (connection) => {
    const text = makeUser(hasRollover(connection));
    try {
      const { out } = await repeatOvertaken(() => connection.query(text, binds));
      return { userOid: String(out.userid) };
    } catch (error) {
      throw engineError(error, user.username);
    }
  });
}

function passwordOf({ verifier }: NewUser): string {
  if (verifier === undefined) {
    throw new DbleaseError("BAD_CONFIGURATION", "grants by IAM are built for PostgreSQL only", {
      next: "take model: iam out of dblease.yaml for this database",
    });
  }
  checkVerifier("oracle", verifier);
  return verifier;
}
