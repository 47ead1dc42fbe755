import { startMariadbServer } from "./mariadb-server.ts";
import type { MysqlFamilyServer } from "./mysql-family-server.ts";
import { startMysqlServer } from "./mysql-server.ts";

export type FurtherEngine = "mariadb" | "mysql";

/** The servers that the local stack can have beside PostgreSQL. */
export const furtherServers: Record<
  FurtherEngine,
  { title: string; start(options: { folder: string }): Promise<MysqlFamilyServer> }
> = {
  mariadb: { title: "MariaDB", start: startMariadbServer },
  mysql: { title: "MySQL", start: startMysqlServer },
};

/** Those that run. */
export type FurtherServers = ReadonlyMap<FurtherEngine, MysqlFamilyServer>;

export function isFurtherEngine(word: string): word is FurtherEngine {
  return Object.hasOwn(furtherServers, word);
}

/** What such a server is called as a database of dblease. */
export function furtherId(engine: FurtherEngine): string {
  return `orders-${engine}`;
}
