import type { Config } from "./config.ts";
import { DbleaseError } from "./errors.ts";
import type { DatabaseSnapshot } from "./grant.ts";

/** All that a later revoke needs to know of a database, as the configuration says it now. @throws NOT_FOUND */
export function databaseSnapshot(config: Config, id: string): DatabaseSnapshot {
  const database = Object.hasOwn(config.databases, id) ? config.databases[id] : undefined;
  if (!database)
    throw new DbleaseError("NOT_FOUND", `there is no database "${id}"`, { next: "dblease databases" });
  const { engine, instance, cluster, host, port, tls, adminSecret, adminUser } = database;
  return {
    id,
    engine,
    database: database.database,
    ...(adminSecret ? { adminSecret } : {}),
    ...(adminUser ? { adminUser } : {}),
    ...(instance ? { instance } : {}),
    ...(cluster ? { cluster } : {}),
    ...(host && port ? { host, port } : {}),
    ...(tls ? { tls } : {}),
  };
}
