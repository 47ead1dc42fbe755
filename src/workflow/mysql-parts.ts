import type { MysqlConnection } from "../connect/mysql.ts";
import { mysqlDoor } from "../connect/mysql-door.ts";
import type { Door } from "../engines/engine.ts";
import { mariadb } from "../engines/mariadb.ts";
import { mysql } from "../engines/mysql.ts";
import { DbleaseError } from "../errors.ts";
import type { Doorway, EngineParts } from "./database-step.ts";

/** The configuration refuses plain text for these engines; a grant may carry a snapshot of another one. */
function door({ tls, ...to }: Doorway): Door<MysqlConnection> {
  if (tls !== "off") return mysqlDoor({ ...to, ...(tls ? { tls } : {}) });
  throw new DbleaseError("BAD_CONFIGURATION", "MySQL and MariaDB are reached over TLS only", {
    next: "take tls: off out of dblease.yaml",
  });
}

export const mysqlParts: EngineParts<MysqlConnection> = { engine: mysql, door };
export const mariadbParts: EngineParts<MysqlConnection> = { engine: mariadb, door };
