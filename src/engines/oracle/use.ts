import type { OracleConnection } from "../../connect/oracle.ts";
import type { Door } from "../engine.ts";

export type OracleDoor = Door<OracleConnection>;

export { useConnection as use } from "../use-connection.ts";
