import { join } from "node:path";
import { makeCertificates } from "../../local-stack/certificates.ts";
import type { OracleConnection } from "../../src/connect/oracle.ts";
import { oracleLoginError } from "../../src/connect/oracle-errors.ts";
import { oracle } from "../../src/engines/oracle.ts";
import { oracleUsers } from "../../src/engines/oracle-users.ts";
import type { EngineParts } from "../../src/workflow/database-step.ts";
import { PlayedOracle, type PlayedSession } from "../engines/played-oracle/played-oracle.ts";
import { type Site, stepsOf } from "./sites.ts";

/** The played Oracle as a site of rotations: its protocol cannot be played, so a door hands the connection in. */
export async function playedOracleSite(folder: string): Promise<Site<PlayedSession>> {
  const server = new PlayedOracle();
  // Of the emulator's calls alone.
  const { caFile } = await makeCertificates(join(folder, "tls"));
  const at = { host: "oracle.example", port: 2484, database: "ORCLPDB" };
  const admin = { username: "ADMIN", password: "secret" };
  const parts: EngineParts<OracleConnection> = {
    engine: oracle,
    door: ({ members, database, credentials }) => ({
      members,
      database,
      async open() {
        if (typeof credentials === "function") throw new Error("nobody logs in by a token here");
        const { username, password } = credentials;
        try {
          return await server.connect(username, password, "dblease");
        } catch (error) {
          throw oracleLoginError(error, { address: at.host, username, service: at.database });
        }
      },
    }),
  };
  const as = async ({ username, password }: typeof admin, sql: string) => {
    const session = await server.login(username, password);
    try {
      return await server.query(session, sql);
    } finally {
      server.close(session);
    }
  };
  const root = (sql: string) => as({ username: "SYS", password: "secret" }, sql);
  await root('CREATE PROFILE "ROLLING" LIMIT PASSWORD_ROLLOVER_TIME 1');
  return {
    ...{ engine: "oracle", ...at, admin, ca: "", caFile, logFile: "", root },
    steps: (needs) => stepsOf(parts, oracleUsers, needs),
    async makeUser(username, password) {
      await root(`CREATE USER ${username} IDENTIFIED BY "${password}" PROFILE "ROLLING"`);
      await root(`GRANT CREATE SESSION TO ${username}`);
    },
    setPassword: async (username, password) =>
      void (await as(admin, `ALTER USER ${username} IDENTIFIED BY "${password}"`)),
    connect: ({ username, password }) => server.login(username, password),
    close: async (session) => server.close(session),
    asAdmin: (sql) => as(admin, sql),
    stop: async () => {},
  };
}
