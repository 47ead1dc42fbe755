import type { OracleConnection } from "../../connect/oracle.ts";
import type { KnownUser } from "../engine.ts";
import * as block from "./block.ts";
import { numberOf, stillConnected, stillOwning } from "./errors.ts";
import { whose } from "./mark.ts";

/**
 * Without CASCADE: the server itself refuses a user who is connected (1940) or owns anything (1922), so that nothing is
 * ever destroyed. The job goes after the user, whom it would lock; the profile is the mark and goes last. One that
 * somebody has given to another user stays, and is named.
 */
const dropUser = `DECLARE
  found NUMBER;
BEGIN
  ${block.refuseForeign}
  ${block.findUser}
  IF found > 0 THEN
    EXECUTE IMMEDIATE 'DROP USER ' || ${block.user};
  END IF;
  :dropped := found;
  FOR job IN (${block.lockJobs}) LOOP
    SYS.DBMS_SCHEDULER.DROP_JOB(${block.lockJob}, TRUE);
  END LOOP;
  SELECT COUNT(*) INTO found FROM SYS.DBA_PROFILES WHERE PROFILE = :marker;
  IF found > 0 THEN
    BEGIN
      EXECUTE IMMEDIATE 'DROP PROFILE ' || ${block.profile};
    EXCEPTION
      WHEN OTHERS THEN
        IF SQLCODE <> -2382 THEN
          RAISE;
        END IF;
    END;
  END IF;
END;`;

/** `held`: the server says that the user is connected or owns something, whatever was seen before. */
export type Dropped = "now" | "before" | "held";

export async function drop(connection: OracleConnection, user: KnownUser): Promise<Dropped> {
  try {
    const { out } = await connection.query(dropUser, { ...whose(user), dropped: { out: "number" } });
    return Number(out.dropped) > 0 ? "now" : "before";
  } catch (error) {
    if ([stillConnected, stillOwning].includes(numberOf(error))) return "held";
    throw error;
  }
}
