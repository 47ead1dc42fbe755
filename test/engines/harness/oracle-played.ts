import type { OracleConnection } from "../../../src/connect/oracle.ts";
import { tag } from "../../../src/connect/tag.ts";
import type { Door } from "../../../src/engines/engine.ts";
import { makeUser } from "../../../src/engines/oracle/grant.ts";
import type { SplitMessage } from "../conformance/harness.ts";
import { PlayedOracle } from "../played-oracle/played-oracle.ts";
import type { OracleAccount, OracleBackend, OracleHarness, OracleStage } from "./oracle.ts";

export type PlayedHarness = OracleHarness<PlayedOracle>;
export type PlayedStage = OracleStage<PlayedOracle>;

const service = "ORCLPDB";
const admin = { user: "ADMIN", password: "secret" };

/** The door to a played Oracle, as its master or somebody else. */
export function playedDoor(
  server: PlayedOracle,
  grantId?: string,
  { user, password }: OracleAccount = admin,
): Door<OracleConnection> {
  return {
    members: [{ id: "writer", host: "oracle.example", port: 2484 }],
    database: service,
    open: ({ purpose } = {}) => server.connect(user, password, tag(grantId, purpose)),
  };
}

/** The played server as one of the harness. */
export async function startPlayed(): Promise<OracleBackend<PlayedOracle>> {
  const server = new PlayedOracle();
  return {
    server,
    service,
    door: (as, grantId) => playedDoor(server, grantId, as),
    async login({ user, password }, program) {
      const session = await server.login(user, password, program);
      return {
        ended: session.ended,
        query: (sql) => server.query(session, sql),
        close: async () => server.close(session),
      };
    },
    async root(sql) {
      const session = await server.login("SYS", "secret");
      try {
        return await server.query(session, sql);
      } finally {
        server.close(session);
      }
    },
    async makeMaster({ user, password }) {
      // The first one is there from the beginning.
      if (user === admin.user) return;
      server.makeUser(user, password);
      server.makeMaster(user);
    },
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
    privilegeHistory: async (role) =>
      ["DBA_TAB_PRIVS", "DBA_COL_PRIVS", "DBA_SYS_PRIVS", "DBA_ROLE_PRIVS"].map((view) =>
        server.dictionary.rows(`SELECT rowid AS at, * FROM ${view} WHERE GRANTEE = ? ORDER BY rowid`, role),
      ),
    stop: async () => {},
  };
}

/**
 * What a block changes, by the words that change: each commits by itself. A server that dies stops between two of them. A
 * grant of somebody new takes one of two branches each time: profile, user, job, membership, unlocking.
 */
export function splitPlayed(words: unknown[]): SplitMessage {
  const [sql, binds] = words as [string, object | undefined];
  const changes = sql.match(/EXECUTE IMMEDIATE|DBMS_SCHEDULER\.\w+\(/g)?.length ?? 0;
  return {
    statements: sql === makeUser(true) ? 5 : Math.max(changes, 1),
    first: (count) => [sql, { ...binds, changes__: count }],
  };
}
