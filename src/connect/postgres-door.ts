import type { Door } from "../engines/engine.ts";
import { type Doorway, doorOf } from "./doorway.ts";
import { openPostgres, type PostgresConnection, type PostgresLogin } from "./postgres.ts";

type AdminLogin = Pick<PostgresLogin, "username" | "password" | "byIam">;

export type PostgresDoorway = Doorway<AdminLogin, "off">;

export function postgresDoor(to: PostgresDoorway): Door<PostgresConnection> {
  return doorOf(to, openPostgres);
}
