/** What the stories say of a server, done to the played one. */
import type { OracleConnection } from "../../../src/connect/oracle.ts";
import { markerText } from "../../../src/engines/marker-text.ts";
import type { Stage } from "../conformance/harness.ts";
import type { PlayedOracle } from "../played-oracle/played-oracle.ts";

type Words = Pick<
  Stage<OracleConnection>,
  | "asOwner"
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
  | "privilegeHistory"
  | "createNamed"
  | "dropSchema"
  | "hold"
  | "createDeputy"
>;

export function oracleWords(
  server: PlayedOracle,
  schema: string,
  reader: string,
  asOwner: (sql: string) => Promise<unknown>,
): Words {
  const { dictionary } = server;
  const stored = (username: string) =>
    dictionary.rows("SELECT * FROM DBA_USERS WHERE USERNAME = ?", username.toUpperCase());
  const give = (grantee: string, privilege: string) =>
    dictionary.change(
      "INSERT INTO DBA_TAB_PRIVS VALUES (?, ?, 'ORDERS', ?, ?, 'TABLE')",
      grantee.toUpperCase(),
      schema,
      schema,
      privilege,
    );
  const privileges = () =>
    ["DBA_TAB_PRIVS", "DBA_COL_PRIVS", "DBA_SYS_PRIVS", "DBA_ROLE_PRIVS"].map((view) =>
      dictionary.rows(`SELECT rowid AS at, * FROM ${view} ORDER BY rowid`),
    );
  return {
    asOwner: async (sql) => {
      await asOwner(sql);
    },
    async createLogin(username, password) {
      const name = username.toUpperCase();
      dictionary.change("DELETE FROM DBA_USERS WHERE USERNAME = ?", name);
      server.makeUser(name, password);
      dictionary.change("INSERT INTO DBA_SYS_PRIVS VALUES (?, 'CREATE SESSION', 'NO')", name);
    },
    async dropLogin(username) {
      const name = username.toUpperCase();
      for (const view of ["DBA_ROLE_PRIVS", "DBA_SYS_PRIVS", "DBA_TAB_PRIVS"]) {
        dictionary.change(`DELETE FROM ${view} WHERE GRANTEE = ?`, name);
      }
      dictionary.change("DELETE FROM DBA_USERS WHERE USERNAME = ?", name);
    },
    async lock(username) {
      dictionary.change(
        "UPDATE DBA_USERS SET ACCOUNT_STATUS = 'LOCKED' WHERE USERNAME = ?",
        username.toUpperCase(),
      );
    },
    async join(username) {
      dictionary.change(
        "INSERT INTO DBA_ROLE_PRIVS VALUES (?, ?, 'NO')",
        username.toUpperCase(),
        reader.toUpperCase(),
      );
      dictionary.change("DELETE FROM DBA_SYS_PRIVS WHERE GRANTEE = ?", username.toUpperCase());
    },
    async openOrders(username) {
      for (const privilege of ["SELECT", "INSERT", "UPDATE", "DELETE"]) give(username, privilege);
    },
    async empower(username) {
      dictionary.change(
        "INSERT INTO DBA_SYS_PRIVS VALUES (?, 'CREATE ANY VIEW', 'NO')",
        username.toUpperCase(),
      );
      return "CREATE ANY VIEW";
    },
    async createForeign(username, password, label) {
      const name = username.toUpperCase();
      server.makeUser(name, password);
      dictionary.change("INSERT INTO DBA_SYS_PRIVS VALUES (?, 'CREATE SESSION', 'NO')", name);
      dictionary.change("UPDATE DBA_USERS SET PROFILE = ? WHERE USERNAME = ?", label ?? "DEFAULT", name);
    },
    stored: async (username) => stored(username),
    async traces({ username, marker }) {
      const name = username.toUpperCase();
      return [
        ...stored(username),
        ...dictionary.rows("SELECT * FROM DBA_PROFILES WHERE PROFILE = ?", markerText(marker)),
        ...dictionary.rows(
          "SELECT * FROM DBA_SCHEDULER_JOBS WHERE JOB_NAME = ? OR COMMENTS = ?",
          name,
          markerText(marker),
        ),
        ...["DBA_ROLE_PRIVS", "DBA_SYS_PRIVS", "DBA_TAB_PRIVS", "DBA_COL_PRIVS"].flatMap((view) =>
          dictionary.rows(`SELECT * FROM ${view} WHERE GRANTEE = ?`, name),
        ),
        ...dictionary.rows("SELECT * FROM GV_$SESSION WHERE USERNAME = ?", name),
        ...dictionary.rows("SELECT * FROM DBA_OBJECTS WHERE OWNER = ?", name),
      ];
    },
    async disturbReader() {
      dictionary.change("DELETE FROM DBA_TAB_PRIVS WHERE GRANTEE = ?", reader.toUpperCase());
      give(reader, "DELETE");
      give(reader, "INSERT");
      dictionary.change(
        "INSERT INTO DBA_SYS_PRIVS VALUES (?, 'CREATE ANY VIEW', 'NO'), ('SYS', 'CREATE ANY VIEW', 'YES')",
        reader.toUpperCase(),
      );
      dictionary.change("INSERT INTO DBA_SYS_PRIVS VALUES ('ADMIN', 'CREATE ANY VIEW', 'YES')");
    },
    privilegeHistory: async () => privileges(),
    createNamed: () => Promise.reject(new Error("needs columns that can be opened")),
    dropSchema: () => Promise.reject(new Error("needs columns that can be opened")),
    async hold(username) {
      let release = () => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      let waits = false;
      server.before = async (statement, session) => {
        if (!statement.startsWith(`CREATE USER "${username.toUpperCase()}"`)) return;
        waits = true;
        await Promise.race([released, session.ended]);
      };
      return {
        waits: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          return waits;
        },
        async release() {
          server.before = async () => {};
          release();
        },
      };
    },
    async createDeputy() {
      server.makeUser("DEPUTY", "secret");
      server.makeMaster("DEPUTY");
    },
  };
}
