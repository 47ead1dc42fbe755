import type { Instant } from "../../grant.ts";
import type { KnownUser } from "../engine.ts";
import * as block from "./block.ts";
import { engineError, repeatOvertaken } from "./errors.ts";
import { whose } from "./mark.ts";
import { instant } from "./quote.ts";
import { type OracleDoor, use } from "./use.ts";

/** The profile first: a password that lives longer than its user may log in opens nothing. */
const moveExpiry = `DECLARE
  found NUMBER;
  age NUMBER;
  life NUMBER;
BEGIN
  ${block.refuseForeign}
  ${block.refuseUnlessLive}
  ${block.lifeUntilExpiry}
  EXECUTE IMMEDIATE 'ALTER PROFILE ' || ${block.profile} || ' LIMIT PASSWORD_LIFE_TIME ' || life || '/86400';
  ${block.moveJob}
END;`;

/** Moves the job that locks the user. One that has run already has locked it: then the user is not live. */
export async function extend(door: OracleDoor, user: KnownUser, expiresAt: Instant): Promise<void> {
  const binds = { ...whose(user), expires: instant(expiresAt) };
  try {
    await use(door, {}, (connection) => repeatOvertaken(() => connection.query(moveExpiry, binds)));
  } catch (error) {
    throw engineError(error, user.username);
  }
}
