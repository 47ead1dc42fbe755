import { DbleaseError } from "./errors.ts";

/** A setting that the deployment gives to a function as an environment variable. @throws BAD_CONFIGURATION if it is absent. */
export function setting(name: string, environment: NodeJS.ProcessEnv = process.env): string {
  const value = environment[name];
  if (value) return value;
  throw new DbleaseError("BAD_CONFIGURATION", `the environment variable ${name} is not set`, {
    next: "deploy dblease again",
  });
}
