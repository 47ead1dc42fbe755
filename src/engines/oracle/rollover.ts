/** Gradual password rollover, in which an account has two passwords: 21c has it, and 19c from 19.12 on. */
import type { OracleConnection } from "../../connect/oracle.ts";

/** Where it is false, the server would call the words mistakes. */
export function hasRollover({ serverVersion }: Pick<OracleConnection, "serverVersion">): boolean {
  return serverVersion >= 1_912_000_000;
}
