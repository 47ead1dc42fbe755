/** Application users of Oracle: what rotation asks of them. A profile with PASSWORD_ROLLOVER_TIME keeps two passwords. */
import { createHash } from "node:crypto";
import type { OracleBinds, OracleConnection } from "../connect/oracle.ts";
import { DbleaseError } from "../errors.ts";
import type { TwoPasswordUsers } from "./application-users.ts";
import * as block from "./oracle/block.ts";
import { engineError, noSuchProcedure, numberOf, passwordJudgedBad, passwordShape } from "./oracle/errors.ts";
import { hasRollover } from "./oracle/rollover.ts";

const refuseUnknown = `${block.findUser}
  IF found = 0 THEN
    RAISE_APPLICATION_ERROR(-20003, 'there is no such user');
  END IF;`;

const findRollover =
  "SELECT COUNT(*) INTO found FROM SYS.DBA_USERS WHERE USERNAME = :username AND ACCOUNT_STATUS LIKE '%ROLLOVER%';";

/**
 * The lock lasts as long as the session: of two calls of one step the statements would mix and leave the current password
 * out. Its number comes from the next password, which nobody has yet, so that nobody who is logged in can take it first.
 *
 * A user that is in its rollover has two passwords, and nobody can see which: giving it the current one and ending the
 * rollover leaves that one alone, without a moment in which it does not work. Then the next one comes beside it.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/dbseg/configuring-authentication.html
 */
const addNext = `DECLARE
  found NUMBER;
BEGIN
  IF SYS.DBMS_LOCK.REQUEST(:lockid, 6, 0, FALSE) NOT IN (0, 4) THEN
    RAISE_APPLICATION_ERROR(-20004, 'another call is at work');
  END IF;
  ${refuseUnknown}
  SELECT COUNT(*) INTO found FROM SYS.DBA_USERS WHERE USERNAME = :username AND ACCOUNT_STATUS LIKE '%LOCKED%';
  IF found > 0 THEN
    RAISE_APPLICATION_ERROR(-20006, 'nobody could prove the password');
  END IF;
  SELECT COUNT(*) INTO found FROM SYS.DBA_USERS U, SYS.DBA_PROFILES P
    WHERE U.USERNAME = :username AND P.RESOURCE_NAME = 'PASSWORD_ROLLOVER_TIME' AND P.LIMIT NOT IN ('0', '-1', 'DEFAULT')
    AND (P.PROFILE = U.PROFILE OR (P.PROFILE = 'DEFAULT' AND EXISTS (SELECT 1 FROM SYS.DBA_PROFILES D
      WHERE D.PROFILE = U.PROFILE AND D.RESOURCE_NAME = 'PASSWORD_ROLLOVER_TIME' AND D.LIMIT = 'DEFAULT')));
  IF found = 0 THEN
    RAISE_APPLICATION_ERROR(-20005, 'the profile keeps one password');
  END IF;
  ${findRollover}
  IF found > 0 THEN
    EXECUTE IMMEDIATE 'ALTER USER ' || ${block.user} || ' IDENTIFIED BY ' || ${block.enquoted("currentpassword")};
    EXECUTE IMMEDIATE 'ALTER USER ' || ${block.user} || ' EXPIRE PASSWORD ROLLOVER PERIOD';
  END IF;
  EXECUTE IMMEDIATE 'ALTER USER ' || ${block.user} || ' IDENTIFIED BY ' || ${block.enquoted("nextpassword")};
END;`;

const endRollover = `DECLARE
  found NUMBER;
BEGIN
  ${refuseUnknown}
  ${findRollover}
  IF found > 0 THEN
    EXECUTE IMMEDIATE 'ALTER USER ' || ${block.user} || ' EXPIRE PASSWORD ROLLOVER PERIOD';
  END IF;
END;`;

export const oracleUsers: TwoPasswordUsers<OracleConnection> = {
  passwords: "two",
  longestName: 128,
  async addPassword(connection, username, { next, current }) {
    assertRollsOver(connection);
    const lockid = createHash("sha256").update(`dblease lock ${next}`).digest().readUInt32BE() % 2 ** 30;
    await change(connection, addNext, username, { nextpassword: next, currentpassword: current, lockid });
  },
  dropOldPassword: (connection, username) => change(connection, endRollover, username, {}),
  close: async (connection) => {
    // A dead socket cannot be said goodbye to.
    await connection.end().catch(() => {});
  },
};

/** A plain name is known in upper case, whatever case it is written in. */
function inDictionary(username: string): string {
  return /^[A-Za-z][\w$#]*$/.test(username) ? username.toUpperCase() : username;
}

function assertRollsOver(connection: OracleConnection): void {
  if (hasRollover(connection)) return;
  const { serverVersion } = connection;
  throw new DbleaseError(
    "UNAVAILABLE",
    `Oracle ${versionText(serverVersion)} keeps one password for a user`,
    {
      next: "upgrade to 19.12 or later",
    },
  );
}

function versionText(version: number): string {
  return `${Math.floor(version / 1e8)}.${Math.floor(version / 1e6) % 100}`;
}

async function change(
  connection: OracleConnection,
  block: string,
  username: string,
  binds: OracleBinds,
): Promise<void> {
  try {
    await connection.query(block, { username: inDictionary(username), ...binds });
  } catch (error) {
    throw rotationError(error, username);
  }
}

function rotationError(error: unknown, username: string): DbleaseError {
  switch (numberOf(error)) {
    case 20003:
      return new DbleaseError("NOT_FOUND", `the database has no user ${username}`, {
        next: "make the user, or mend rotations in dblease.yaml",
      });
    case 20004:
      return new DbleaseError("CONFLICT", `another run is changing ${username}`, {
        next: "nothing; Secrets Manager repeats the step by itself",
      });
    case 20005:
      return new DbleaseError("USER_REFUSED", `the profile of ${username} keeps one password`, {
        next: `ALTER PROFILE <its profile> LIMIT PASSWORD_ROLLOVER_TIME 1, for a day with both`,
      });
    case 20006:
      return new DbleaseError("USER_REFUSED", `${username} is locked, so that no password can be proved`, {
        next: `ALTER USER ${username} ACCOUNT UNLOCK, then dblease rotate`,
      });
    case passwordJudgedBad:
      return new DbleaseError(
        "USER_REFUSED",
        `the verify function in the profile of ${username} refuses a password`,
        {
          next: `${passwordShape}; then dblease rotate`,
        },
      );
    case 28007:
      return new DbleaseError(
        "USER_REFUSED",
        `${username} is in its rollover, and its profile takes no password twice`,
        {
          next: "rotate again when the rollover is over",
        },
      );
    case noSuchProcedure:
      return new DbleaseError("ADMIN_LACKS_RIGHTS", "the admin may not use DBMS_LOCK", {
        next: "EXEC rdsadmin.rdsadmin_util.grant_sys_object('DBMS_LOCK', USER, 'EXECUTE')",
      });
    default:
      return engineError(error, username);
  }
}
