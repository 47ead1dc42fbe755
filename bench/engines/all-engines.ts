import type { BenchEngine } from "./bench-engine.ts";
import { benchMysqlFamily } from "./mysql.ts";
import { benchPostgres } from "./postgres.ts";

/** Whose connections differ, so that nobody but the engine itself looks into one. */
export function allEngines(): BenchEngine<unknown>[] {
  return [benchPostgres(), ...benchMysqlFamily()] as BenchEngine<unknown>[];
}
