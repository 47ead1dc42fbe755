import type { OracleRow } from "../../connect/oracle.ts";
import type { ListedUser } from "../engine.ts";
import { accountState, instantFormat } from "./block.ts";
import { engineError } from "./errors.ts";
import { markerBeginning } from "./mark.ts";
import { ownName, spoken } from "./quote.ts";
import { type OracleDoor, use } from "./use.ts";

/** Whoever has our kind of name or of profile; the members of group roles are added by their names. */
const listUsers = `SELECT USERNAME, PROFILE, ${accountState} AS STATE, TO_CHAR(USER_ID) AS USERID
  FROM SYS.DBA_USERS ORDER BY USERNAME`;
const listRoles = `SELECT GRANTEE, GRANTED_ROLE FROM SYS.DBA_ROLE_PRIVS
  WHERE GRANTEE IN (SELECT USERNAME FROM SYS.DBA_USERS) AND GRANTEE <> SYS_CONTEXT('USERENV', 'SESSION_USER')
  ORDER BY GRANTED_ROLE`;
const listPrivileges = `SELECT GRANTEE, PRIVILEGE FROM SYS.DBA_SYS_PRIVS
  WHERE GRANTEE IN (SELECT USERNAME FROM SYS.DBA_USERS) ORDER BY PRIVILEGE`;
const listJobs = `SELECT JOB_NAME, COMMENTS,
  TO_CHAR(SYS_EXTRACT_UTC(START_DATE), ${instantFormat}) AS UNTIL
  FROM SYS.DBA_SCHEDULER_JOBS WHERE COMMENTS LIKE 'dblease:%'`;

const ourKind = /^JIT_[0-9A-Z]{12}$/;

/** All users that look like ours, and all direct members of these group roles: each is a hint, none a proof. */
export async function list(door: OracleDoor, groupRoles: readonly string[]): Promise<readonly ListedUser[]> {
  const wanted = new Set(groupRoles.map(ownName));
  try {
    return await use(door, {}, async (connection) => {
      const rows = async (sql: string) => (await connection.query(sql)).rows;
      const users = await rows(listUsers);
      const roles = await rows(listRoles);
      const privileges = await rows(listPrivileges);
      const jobs = await rows(listJobs);
      const members = new Set(roles.filter((it) => wanted.has(it.GRANTED_ROLE)).map((it) => it.GRANTEE));
      return users
        .filter((it) => ourKind.test(it.USERNAME) || isMarked(it) || members.has(it.USERNAME))
        .map((it) => {
          const job = jobs.find((row) => row.JOB_NAME === it.USERNAME && row.COMMENTS === it.PROFILE);
          return {
            username: spoken(it.USERNAME),
            userOid: it.USERID,
            ...(isMarked(it) ? { marker: it.PROFILE } : {}),
            canLogin: it.STATE === "open",
            ...(job ? { validUntil: job.UNTIL } : {}),
            memberOf: roles
              .filter((row) => row.GRANTEE === it.USERNAME)
              .map((row) => spoken(row.GRANTED_ROLE)),
            attributes: privileges.filter((row) => row.GRANTEE === it.USERNAME).map((row) => row.PRIVILEGE),
          };
        });
    });
  } catch (error) {
    throw engineError(error, "users");
  }
}

function isMarked({ PROFILE }: OracleRow): boolean {
  return String(PROFILE).startsWith(markerBeginning);
}
