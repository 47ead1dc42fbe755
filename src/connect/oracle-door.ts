import type { Door } from "../engines/engine.ts";
import { type Doorway, doorOf } from "./doorway.ts";
import { type OracleConnection, type OracleLogin, openOracle } from "./oracle.ts";

export type OracleDoorway = Doorway<Pick<OracleLogin, "username" | "password">>;

/** `database` is the service name of the pluggable database, the one that a login may name. */
export function oracleDoor(to: OracleDoorway): Door<OracleConnection> {
  return doorOf(to, ({ database: service, ...login }) => openOracle({ service, ...login }));
}
