import type { Door } from "../engines/engine.ts";
import { type Doorway, doorOf } from "./doorway.ts";
import { type MysqlConnection, type MysqlLogin, openMysql } from "./mysql.ts";

export type MysqlDoorway = Doorway<Pick<MysqlLogin, "username" | "password" | "byIam">>;

/** The admin chooses no schema. */
export function mysqlDoor(to: MysqlDoorway): Door<MysqlConnection> {
  return doorOf(to, openMysql);
}
