/** Oracle Database Free with a master like RDS's, behind TLS that is taken off just before it: the image has none. */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createServer } from "node:tls";
import oracledb, { type Connection, type ConnectionAttributes } from "oracledb";
import { GenericContainer, Wait } from "testcontainers";
import { makeCertificates } from "../../local-stack/certificates.ts";
import { oracleDoor } from "../../src/connect/oracle-door.ts";
import type { Session } from "../engines/conformance/harness.ts";
import type { OracleBackend } from "../engines/harness/oracle.ts";
import { masterPrivileges } from "../engines/played-oracle/rights.ts";

const image = "gvenzl/oracle-free:23-slim-faststart";
const service = "FREEPDB1";
const rootPassword = "Root-password-1";

/** The package by which RDS's master, who has no ALTER SYSTEM, ends sessions. */
const rdsadmin = [
  `CREATE USER rdsadmin IDENTIFIED BY "${rootPassword}" ACCOUNT LOCK`,
  "GRANT ALTER SYSTEM TO rdsadmin",
  `CREATE PACKAGE rdsadmin.rdsadmin_util AS
    PROCEDURE kill(sid NUMBER, serial NUMBER, method VARCHAR2 DEFAULT 'IMMEDIATE');
  END;`,
  `CREATE PACKAGE BODY rdsadmin.rdsadmin_util AS
    PROCEDURE kill(sid NUMBER, serial NUMBER, method VARCHAR2 DEFAULT 'IMMEDIATE') IS
    BEGIN
      EXECUTE IMMEDIATE 'ALTER SYSTEM ' || CASE method WHEN 'PROCESS' THEN 'DISCONNECT' ELSE 'KILL' END
        || ' SESSION ''' || sid || ',' || serial || ''' IMMEDIATE';
    END;
  END;`,
];

/** A grant that makes a user of the name which this trigger knows sleeps in it. */
const holdTrigger = (username: string) => `CREATE TRIGGER sys.hold_grant BEFORE CREATE ON DATABASE
  BEGIN
    IF ORA_DICT_OBJ_TYPE = 'USER' AND ORA_DICT_OBJ_NAME = '${username.toUpperCase()}' THEN
      DBMS_SESSION.SLEEP(600);
    END IF;
  END;`;

export async function startOracle(): Promise<OracleBackend<undefined>> {
  const container = await new GenericContainer(image)
    .withEnvironment({ ORACLE_PASSWORD: rootPassword })
    .withExposedPorts(1521)
    .withWaitStrategy(Wait.forLogMessage("DATABASE IS READY TO USE!"))
    .withStartupTimeout(600_000)
    .start();
  const [host, port] = [container.getHost(), container.getMappedPort(1521)];
  const relay = await tlsBefore(host, port);
  const open = (as: ConnectionAttributes) =>
    oracledb.getConnection({ ...as, connectString: `${host}:${port}/${service}` });
  const sys = { user: "sys", password: rootPassword, privilege: oracledb.SYSDBA };
  const root = async (sql: string) => {
    const connection = await open(sys);
    try {
      return await run(connection, sql);
    } finally {
      await connection.close();
    }
  };
  const all = async (statements: readonly string[]) => {
    for (const it of statements) await root(it);
  };
  await all(rdsadmin);
  return {
    server: undefined,
    service,
    door: ({ user: username, password }, grantId) =>
      oracleDoor({
        members: [{ id: "writer", host: "localhost", port: relay.port }],
        database: service,
        credentials: { username, password },
        tls: { ca: relay.ca },
        connectTimeoutMs: 10_000,
        statementTimeoutMs: 20_000,
        ...(grantId === undefined ? {} : { grantId }),
      }),
    login: async (as, program) => sessionOf(await open({ ...as, program })),
    root,
    makeMaster: ({ user, password }) =>
      all([
        `CREATE USER ${user} IDENTIFIED BY "${password}"`,
        `GRANT ${masterPrivileges.join(", ")} TO ${user} WITH ADMIN OPTION`,
        `GRANT EXECUTE ON rdsadmin.rdsadmin_util TO ${user}`,
        `GRANT EXECUTE ON sys.dbms_lock TO ${user}`,
      ]),
    async hold(username) {
      await root(holdTrigger(username));
      const sleeping = "SELECT 1 AS one FROM sys.gv_$session WHERE event = 'PL/SQL lock timer'";
      return {
        waits: async () => (await root(sleeping)).length > 0,
        release: async () => void (await root("DROP TRIGGER sys.hold_grant")),
      };
    },
    // Each grant gets a number of its own.
    privilegeHistory: (role) =>
      root(`SELECT sequence# FROM sys.objauth$ WHERE grantee# = (SELECT user# FROM sys.user$ WHERE name = '${role}')
        UNION ALL SELECT sequence# FROM sys.sysauth$ WHERE grantee# = (SELECT user# FROM sys.user$ WHERE name = '${role}')
        ORDER BY 1`),
    async stop() {
      relay.close();
      await container.stop();
    },
  };
}

async function tlsBefore(host: string, port: number) {
  const folder = mkdtempSync(join(tmpdir(), "dblease-oracle-"));
  const { certificateFile, keyFile, caFile } = await makeCertificates(folder);
  const [cert, key, ca] = [certificateFile, keyFile, caFile].map((it) => readFileSync(it, "utf8"));
  rmSync(folder, { recursive: true, force: true });
  const server = createServer({ cert, key }, (near) => {
    const far = connect(port, host);
    near.on("error", () => far.destroy()).pipe(far);
    far.on("error", () => near.destroy()).pipe(near);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  // An AddressInfo: it listens on TCP.
  return { port: (server.address() as AddressInfo).port, ca: `${ca}`, close: () => server.close() };
}

function sessionOf(connection: Connection): Session {
  return {
    ended: untilEnded(connection),
    query: (sql) => run(connection, sql),
    close: () => connection.close(),
  };
}

/** A session that was killed hears of it at its next call. */
async function untilEnded(connection: Connection): Promise<void> {
  for (;;) {
    try {
      await connection.ping();
    } catch {
      return;
    }
    await pause(100);
  }
}

async function run(connection: Connection, sql: string): Promise<Record<string, unknown>[]> {
  const { rows = [] } = await connection.execute<Record<string, unknown>>(sql, [], {
    outFormat: oracledb.OUT_FORMAT_OBJECT,
    autoCommit: true,
  });
  return rows;
}
