import type { Door } from "../engines/engine.ts";
import { type Doorway, doorOf } from "./doorway.ts";
import { openSqlserver, type SqlserverConnection, type SqlserverLogin } from "./sqlserver.ts";

export type SqlserverDoorway = Doorway<Pick<SqlserverLogin, "username" | "password">>;

/** The admin logs in to `master`. */
export function sqlserverDoor(to: SqlserverDoorway): Door<SqlserverConnection> {
  return doorOf(to, openSqlserver);
}
