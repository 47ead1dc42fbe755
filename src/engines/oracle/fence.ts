import type { OracleConnection } from "../../connect/oracle.ts";
import type { KnownUser } from "../engine.ts";
import * as block from "./block.ts";
import { heldPrivileges } from "./held.ts";
import { whose } from "./mark.ts";

/**
 * No login, no roles, no privileges, no jobs of its own; the first commits before anything else is tried. What the admin
 * may not take away is left for the reading to name. A view or procedure of the user goes on to be there, but it has no
 * rights any more: roles do not count in it, and nothing else is left (dangers 11).
 */
const fenceUser = (server: OracleConnection) => `DECLARE
  found NUMBER;
BEGIN
  ${block.refuseForeign}
  ${block.findUser}
  IF found > 0 THEN
    EXECUTE IMMEDIATE 'ALTER USER ' || ${block.user} || ' ACCOUNT LOCK';
  END IF;
  FOR held IN (
    SELECT '"' || GRANTED_ROLE || '"' AS WHAT FROM SYS.DBA_ROLE_PRIVS WHERE GRANTEE = :username
    UNION ${heldPrivileges(server)}
  ) LOOP
    BEGIN
      EXECUTE IMMEDIATE 'REVOKE ' || held.WHAT || ' FROM ' || ${block.user};
    EXCEPTION
      WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  FOR it IN (SELECT PROXY, CLIENT FROM SYS.PROXY_USERS WHERE PROXY = :username OR CLIENT = :username) LOOP
    BEGIN
      EXECUTE IMMEDIATE 'ALTER USER "' || it.CLIENT || '" REVOKE CONNECT THROUGH "' || it.PROXY || '"';
    EXCEPTION
      WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  FOR job IN (SELECT JOB_NAME FROM SYS.DBA_SCHEDULER_JOBS WHERE OWNER = :username) LOOP
    BEGIN
      SYS.DBMS_SCHEDULER.DISABLE(${block.user} || '."' || job.JOB_NAME || '"', TRUE);
    EXCEPTION
      WHEN OTHERS THEN NULL;
    END;
  END LOOP;
END;`;

/** Fails with 20002 where a user of this name is not ours; one that is gone is fenced. */
export async function fence(connection: OracleConnection, user: KnownUser): Promise<void> {
  await connection.query(fenceUser(connection), whose(user));
}
