/** All that the database says of a user, in one statement: who is there, connected, allowed, and what is left. */
import type { OracleConnection, OracleRow } from "../../connect/oracle.ts";
import { tag } from "../../connect/tag.ts";
import type { KnownUser } from "../engine.ts";
import { accountState } from "./block.ts";
import { heldPrivileges } from "./held.ts";
import { whose } from "./mark.ts";
import { userId } from "./quote.ts";

export interface OracleSession {
  sid: number;
  serial: number;
  instance: number;
  /** What the client calls itself. */
  program: string;
  /** Whose work it is: the user's, or that of an admin for this grant. */
  kind: "session" | "admin";
}

export interface Reading {
  /** All that have the user's name or the grant's mark. */
  users: readonly { name: string; marked: boolean; locked: boolean; id: string }[];
  sessions: readonly OracleSession[];
  roles: readonly string[];
  /** In the words of a REVOKE: `SELECT ON "APP"."ORDERS"`. */
  privileges: readonly string[];
  proxies: readonly { proxy: string; client: string }[];
  objects: readonly OwnedObject[];
  /** Jobs that dblease made for this grant. */
  jobs: readonly { owner: string; name: string }[];
  hasProfile: boolean;
  /** Distributed transactions of the user that wait for their end. */
  prepared: readonly string[];
}

export interface OwnedObject {
  type: string;
  name: string;
  valid: boolean;
  /** To whom the user has opened it. */
  openTo: readonly string[];
}

/**
 * Sessions are looked for by name and by id: USER# stays what it is whatever happens to the name.
 */
const readUser = (
  server: OracleConnection,
) => `SELECT 'user' AS KIND, USERNAME AS A, PROFILE AS B, ${accountState} AS C, TO_CHAR(USER_ID) AS D
  FROM SYS.DBA_USERS WHERE USERNAME = :username OR PROFILE = :marker
UNION ALL SELECT 'session', TO_CHAR(SID), TO_CHAR(SERIAL#), TO_CHAR(INST_ID), PROGRAM
  FROM SYS.GV_$SESSION WHERE USERNAME = :username OR USER# = :userid
UNION ALL SELECT 'admin', TO_CHAR(SID), TO_CHAR(SERIAL#), TO_CHAR(INST_ID), PROGRAM
  FROM SYS.GV_$SESSION WHERE USERNAME = SYS_CONTEXT('USERENV', 'SESSION_USER') AND PROGRAM = :tag
UNION ALL SELECT 'role', GRANTED_ROLE, '', '', '' FROM SYS.DBA_ROLE_PRIVS WHERE GRANTEE = :username
UNION ALL SELECT 'privilege', WHAT, '', '', '' FROM (${heldPrivileges(server)})
UNION ALL SELECT 'proxy', PROXY, CLIENT, '', '' FROM SYS.PROXY_USERS WHERE PROXY = :username OR CLIENT = :username
UNION ALL SELECT 'object', OBJECT_TYPE, OBJECT_NAME, STATUS, '' FROM SYS.DBA_OBJECTS WHERE OWNER = :username
UNION ALL SELECT 'opened', TABLE_NAME, GRANTEE, '', '' FROM SYS.DBA_TAB_PRIVS WHERE OWNER = :username
UNION ALL SELECT 'job', OWNER, JOB_NAME, '', '' FROM SYS.DBA_SCHEDULER_JOBS WHERE JOB_NAME = :username AND COMMENTS = :marker
UNION ALL SELECT DISTINCT 'profile', PROFILE, '', '', '' FROM SYS.DBA_PROFILES WHERE PROFILE = :marker
UNION ALL SELECT 'prepared', LOCAL_TRAN_ID, '', '', '' FROM SYS.DBA_2PC_PENDING WHERE DB_USER = :username`;

/** Reads it all and closes the cursor before anything is done about it: an open one holds up a kill. */
export async function read(connection: OracleConnection, user: KnownUser): Promise<Reading> {
  const { rows } = await connection.query(readUser(connection), {
    ...whose(user),
    tag: tag(user.marker.grantId),
    // No user has it.
    userid: user.userOid === undefined ? -1 : userId(user.userOid),
  });
  return readingIn(rows, whose(user).marker);
}

function readingIn(rows: readonly OracleRow[], marker: string): Reading {
  const of = (kind: string) => rows.filter((row) => row.KIND === kind);
  const session = (kind: "session" | "admin") =>
    of(kind).map(({ A, B, C, D }) => ({
      kind,
      sid: Number(A),
      serial: Number(B),
      instance: Number(C),
      program: D ?? "",
    }));
  return {
    users: of("user").map(({ A, B, C, D }) => ({
      name: A,
      marked: B === marker,
      locked: C === "locked",
      id: D,
    })),
    sessions: [...session("session"), ...session("admin")],
    roles: of("role").map(({ A }) => A),
    privileges: of("privilege").map(({ A }) => A),
    proxies: of("proxy").map(({ A, B }) => ({ proxy: A, client: B })),
    objects: of("object").map(({ A, B, C }) => ({
      type: A,
      name: B,
      valid: C !== "INVALID",
      openTo: [
        ...new Set(
          of("opened")
            .filter((it) => it.A === B)
            .map((it) => String(it.B)),
        ),
      ].sort(),
    })),
    jobs: of("job").map(({ A, B }) => ({ owner: A, name: B })),
    hasProfile: of("profile").length > 0,
    prepared: of("prepared").map(({ A }) => A),
  };
}

/** The account that a revoke ends: exact name and the mark of this very grant. */
export function ours(username: string, reading: Reading): Reading["users"] {
  return reading.users.filter(({ name, marked }) => name === username && marked);
}

export function isForeign(username: string, reading: Reading): boolean {
  return reading.users.some(({ name, marked }) => name === username && !marked);
}
