/** Oracle Database Free with a master like RDS's, behind TLS that is taken off just before it: the image has none. */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import oracledb, { type Connection } from "oracledb";
import { GenericContainer, Wait } from "testcontainers";
import { makeCertificates } from "../../local-stack/certificates.ts";

export const oracleImage = "gvenzl/oracle-free:23-slim-faststart";
const systemPassword = "System-password-1";

export interface OracleServer {
  host: string;
  port: number;
  service: string;
  ca: string;
  master: { username: string; password: string };
  /** A connection without TLS, for people in the stories and for the superuser. */
  connect(user: string, password: string): Promise<Connection>;
  asSystem(sql: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export async function startOracle(): Promise<OracleServer> {
  const container = await new GenericContainer(oracleImage)
    .withEnvironment({ ORACLE_PASSWORD: systemPassword })
    .withExposedPorts(1521)
    .withWaitStrategy(Wait.forLogMessage("DATABASE IS READY TO USE!"))
    .withStartupTimeout(600_000)
    .start();
  const folder = mkdtempSync(join(tmpdir(), "dblease-oracle-"));
  const files = await makeCertificates(folder);
  const [host, port, service] = [container.getHost(), container.getMappedPort(1521), "FREEPDB1"];
  const relay = createServer(
    { cert: readFileSync(files.certificateFile), key: readFileSync(files.keyFile) },
    (near) => {
      const far = connect(port, host);
      near.on("error", () => far.destroy()).pipe(far);
      far.on("error", () => near.destroy()).pipe(near);
    },
  ).listen(0, "127.0.0.1");
  await once(relay, "listening");
  const connectAs = (user: string, password: string) =>
    oracledb.getConnection({ user, password, connectString: `${host}:${port}/${service}` });
  const asSystem = async (sql: string) => {
    const connection = await connectAs("system", systemPassword);
    try {
      return await run(connection, sql);
    } finally {
      await connection.close();
    }
  };
  for (const statement of readFileSync(join(import.meta.dirname, "oracle-master.sql"), "utf8").split(
    "\n;;\n",
  )) {
    await asSystem(statement);
  }
  return {
    host: "localhost",
    // An AddressInfo: it listens on TCP.
    port: (relay.address() as AddressInfo).port,
    service,
    ca: readFileSync(files.caFile, "utf8"),
    master: { username: "ADMIN", password: "Admin-password-1" },
    connect: connectAs,
    asSystem,
    async stop() {
      relay.close();
      await container.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Rows with the names of their columns in lower case, as the stories have them. */
export async function run(connection: Connection, sql: string): Promise<Record<string, unknown>[]> {
  const { rows = [] } = await connection.execute<Record<string, unknown>>(sql, [], {
    outFormat: oracledb.OUT_FORMAT_OBJECT,
    autoCommit: true,
  });
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value])),
  );
}
