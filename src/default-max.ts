import type { DatabaseConfig } from "./config.ts";

/**
 * The longest access, in seconds, where a rule does not say: an hour where the engine itself refuses logins after the
 * end, whatever becomes of dblease; half of it elsewhere (dangers 16). PostgreSQL does by VALID UNTIL, for passwords
 * alone. MySQL and MariaDB do it by an event, and only while somebody leaves the event scheduler on.
 */
export function defaultMaxSeconds({ engine, model }: Pick<DatabaseConfig, "engine" | "model">): number {
  return engine === "postgres" && model === "native" ? 3600 : 1800;
}
