import { type FurtherServers, furtherId } from "./further-servers.ts";
import { shopSchema } from "./seed-mysql-family.ts";

/**
 * The servers beside PostgreSQL as they would stand in the configuration, and the variables that it names.
 * `iam`: RDS knows them, and their grants are by IAM; the admin of such a server has its password still.
 */
export function furtherDatabases(servers: FurtherServers, iam: boolean) {
  const databases: Record<string, object> = {};
  const secrets: Record<string, string> = {};
  for (const [engine, { port, caFile, adminUsername: username, adminPassword: password }] of servers) {
    const variable = `ORDERS_${engine.toUpperCase()}_ADMIN`;
    secrets[variable] = JSON.stringify({ username, password });
    const id = furtherId(engine);
    const place = iam
      ? { instance: id, model: "iam", resourceIds: ["db-LOCAL"] }
      : // By its address: for MySQL's client localhost is the Unix socket, whatever the port.
        { host: "127.0.0.1", port };
    databases[id] = {
      ...{ engine, ...place, database: shopSchema },
      ...{ adminSecret: `env:${variable}`, tls: { ca: caFile } },
    };
  }
  return { databases, secrets };
}
