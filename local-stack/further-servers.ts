import { mariadbIamMissing, mariadbVersion, startMariadbServer } from "./mariadb-server.ts";
import type { MysqlFamilyOptions, MysqlFamilyServer } from "./mysql-family-server.ts";
import { mysqlIamMissing, mysqlVersion, startMysqlServer } from "./mysql-server.ts";

export type FurtherEngine = "mariadb" | "mysql";

/** The servers that the local stack can have beside PostgreSQL. */
export const furtherServers: Record<
  FurtherEngine,
  {
    title: string;
    version(): string;
    start(options: MysqlFamilyOptions): Promise<MysqlFamilyServer>;
    /** Why it takes no IAM logins here; undefined: it does. */
    iamMissing(): string | undefined;
  }
> = {
  mariadb: {
    title: "MariaDB",
    version: mariadbVersion,
    start: startMariadbServer,
    iamMissing: mariadbIamMissing,
  },
  mysql: { title: "MySQL", version: mysqlVersion, start: startMysqlServer, iamMissing: mysqlIamMissing },
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
