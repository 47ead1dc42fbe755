/** What the stories say of a server, as SQL that the played one and the vendor's take alike. */
import { setTimeout as pause } from "node:timers/promises";
import type { OracleConnection } from "../../../src/connect/oracle.ts";
import { markerText } from "../../../src/engines/marker-text.ts";
import { stillConnected } from "../../../src/engines/oracle/errors.ts";
import type { Stage } from "../conformance/harness.ts";

type Words = Pick<
  Stage<OracleConnection>,
  | "createLogin"
  | "dropLogin"
  | "lock"
  | "join"
  | "openOrders"
  | "empower"
  | "createForeign"
  | "stored"
  | "traces"
  | "disturbReader"
  | "createNamed"
  | "dropSchema"
>;

interface Of {
  schema: string;
  reader: string;
  master: string;
  root: Stage<OracleConnection>["root"];
}

export function oracleWords({ schema, reader, master, root }: Of): Words {
  const user = (name: string) => `"${name.toUpperCase()}"`;
  const text = (name: string) => `'${name.toUpperCase()}'`;
  const all = async (...statements: string[]) => {
    for (const it of statements) await root(it);
  };
  const create = (username: string, password: string, profile = "DEFAULT") =>
    all(
      `CREATE USER ${user(username)} IDENTIFIED BY "${password}" PROFILE "${profile}"`,
      `GRANT CREATE SESSION TO ${user(username)}`,
    );
  const dropLogin = async (username: string) => {
    const sessions = await root(
      `SELECT SID, SERIAL# AS SERIAL FROM SYS.GV_$SESSION WHERE USERNAME = ${text(username)}`,
    );
    for (const { sid, serial } of sessions) {
      const end = `EXECUTE IMMEDIATE 'ALTER SYSTEM DISCONNECT SESSION ''${sid},${serial}'' IMMEDIATE';`;
      // It may have gone by itself.
      await root(`BEGIN ${end} EXCEPTION WHEN OTHERS THEN NULL; END;`);
    }
    for (let look = 0; ; look++) {
      try {
        await root(`DROP USER ${user(username)} CASCADE`);
      } catch (error) {
        const { errorNum } = error as { errorNum?: number };
        if (errorNum === 1918) return;
        if (errorNum !== stillConnected || look === 100) throw error;
        await pause(100);
      }
    }
  };
  const stored = (username: string) => root(`SELECT * FROM SYS.DBA_USERS WHERE USERNAME = ${text(username)}`);
  return {
    async createLogin(username, password) {
      await dropLogin(username);
      await create(username, password);
    },
    dropLogin,
    lock: (username) => all(`ALTER USER ${user(username)} ACCOUNT LOCK`),
    // The reader brings the right to log in along.
    join: (username) =>
      all(`GRANT ${user(reader)} TO ${user(username)}`, `REVOKE CREATE SESSION FROM ${user(username)}`),
    openOrders: (username) =>
      all(`GRANT SELECT, INSERT, UPDATE, DELETE ON "${schema}"."ORDERS" TO ${user(username)}`),
    async empower(username) {
      await root(`GRANT CREATE ANY VIEW TO ${user(username)}`);
      return "CREATE ANY VIEW";
    },
    async createForeign(username, password, label) {
      if (label !== undefined) await root(`CREATE PROFILE "${label}" LIMIT SESSIONS_PER_USER UNLIMITED`);
      await create(username, password, label);
    },
    stored,
    async traces({ username, marker }) {
      const mark = `'${markerText(marker)}'`;
      const found = [await stored(username)];
      for (const [view, where] of [
        ["DBA_PROFILES", `PROFILE = ${mark}`],
        ["DBA_SCHEDULER_JOBS", `JOB_NAME = ${text(username)} OR COMMENTS = ${mark}`],
        ["DBA_ROLE_PRIVS", `GRANTEE = ${text(username)}`],
        ["DBA_SYS_PRIVS", `GRANTEE = ${text(username)}`],
        ["DBA_TAB_PRIVS", `GRANTEE = ${text(username)}`],
        ["DBA_COL_PRIVS", `GRANTEE = ${text(username)}`],
        ["PROXY_USERS", `${text(username)} IN (PROXY, CLIENT)`],
        ["GV_$SESSION", `USERNAME = ${text(username)}`],
        ["DBA_OBJECTS", `OWNER = ${text(username)}`],
      ])
        found.push(await root(`SELECT '${view}' AS VIEWED FROM SYS.${view} WHERE ${where}`));
      return found.flat();
    },
    disturbReader: () =>
      all(
        `REVOKE READ ON "${schema}"."ORDERS" FROM ${user(reader)}`,
        `GRANT DELETE, INSERT ON "${schema}"."ORDERS" TO ${user(reader)}`,
        `GRANT CREATE ANY VIEW TO ${user(reader)}`,
        `GRANT CREATE ANY VIEW TO ${user(master)} WITH ADMIN OPTION`,
      ),
    createNamed: () => Promise.reject(new Error("needs columns that can be opened")),
    dropSchema: () => Promise.reject(new Error("needs columns that can be opened")),
  };
}
