/** On what each engine has been shown to work: told wherever somebody chooses or examines a database. */
import type { Engine } from "./grant.ts";

export type Proof =
  | "real server"
  | "protocol stub and grammar"
  | "recorded statements and grammar"
  | "nothing";

export const provenAgainst: Readonly<Record<Engine, Proof>> = {
  postgres: "real server",
  mysql: "real server",
  mariadb: "real server",
  sqlserver: "protocol stub and grammar",
  oracle: "recorded statements and grammar",
};
