import type { MysqlConnection } from "../connect/mysql.ts";
import { mysqlDoor } from "../connect/mysql-door.ts";
import type { Door } from "../engines/engine.ts";
import { mariadb } from "../engines/mariadb.ts";
import { mysql } from "../engines/mysql.ts";
import { DbleaseError } from "../errors.ts";
import type { Doorway, EngineParts } from "./database-step.ts";

/** The configuration refuses plain text for these engines; a grant may carry a snapshot of another one. */
function door({ tls, credentials, ...to }: Doorway): Door<MysqlConnection> {
  if (typeof credentials === "function") {
    throw new DbleaseError("BAD_CONFIGURATION", "the admin of MySQL and MariaDB logs in by password", {
      next: "name adminSecret instead of adminUser in dblease.yaml",
    });
  }
  if (tls !== "off") return mysqlDoor({ ...to, credentials, ...(tls ? { tls } : {}) });
  throw new DbleaseError("BAD_CONFIGURATION", "MySQL and MariaDB are reached over TLS only", {
    next: "take tls: off out of dblease.yaml",
  });
}

export const mysqlParts: EngineParts<MysqlConnection> = { engine: mysql, door };
export const mariadbParts: EngineParts<MysqlConnection> = { engine: mariadb, door };
