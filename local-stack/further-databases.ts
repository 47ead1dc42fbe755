import { type FurtherServers, furtherId } from "./further-servers.ts";
import { shopSchema } from "./seed-mysql-family.ts";

/** The servers beside PostgreSQL as they would stand in the configuration, and the variables that it names. */
export function furtherDatabases(servers: FurtherServers) {
  const databases: Record<string, object> = {};
  const secrets: Record<string, string> = {};
  for (const [engine, { port, caFile, adminUsername: username, adminPassword: password }] of servers) {
    const variable = `ORDERS_${engine.toUpperCase()}_ADMIN`;
    secrets[variable] = JSON.stringify({ username, password });
    databases[furtherId(engine)] = {
      // By its address: for MySQL's client localhost is the Unix socket, whatever the port.
      ...{ engine, host: "127.0.0.1", port, database: shopSchema },
      ...{ adminSecret: `env:${variable}`, tls: { ca: caFile } },
    };
  }
  return { databases, secrets };
}
