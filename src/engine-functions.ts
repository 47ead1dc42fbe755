/** Which function does the work of which engine: only the engines of the configuration have functions. */
import { DbleaseError } from "./errors.ts";
import type { Engine } from "./grant.ts";
import { setting } from "./setting.ts";

/** Function name or ARN by engine. */
export type EngineFunctions = Readonly<Partial<Record<Engine, string>>>;

/** The functions that the deployment names in this environment variable, as JSON. */
export function engineFunctions(name: string): EngineFunctions {
  return JSON.parse(setting(name));
}

/** @throws BAD_CONFIGURATION where no database of this engine was deployed. */
export function engineFunction(functions: EngineFunctions, engine: Engine): string {
  const found = functions[engine];
  if (found !== undefined) return found;
  throw new DbleaseError("BAD_CONFIGURATION", `no function was deployed for engine ${engine}`, {
    next: "deploy dblease again",
  });
}
