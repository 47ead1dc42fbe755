import type { Config, RotationConfig } from "./config.ts";
import type { Strategy } from "./rotation.ts";

/**
 * How a password rotates where the configuration does not say. SQL Server keeps one password for a login, and a login that
 * changes its own must send the old one along: a pair has neither that nor a gap.
 */
export function strategyOf({ databases }: Pick<Config, "databases">, it: RotationConfig): Strategy {
  if (it.strategy !== undefined) return it.strategy;
  return databases[it.database]?.engine === "sqlserver" ? "alternating-users" : "single-user";
}
