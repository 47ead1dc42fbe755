import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Config, readConfig } from "../src/config.ts";
import { DbleaseError } from "../src/errors.ts";

function readText(file: string, base: string): string {
  try {
    return readFileSync(resolve(base, file), "utf8");
  } catch (error) {
    throw new DbleaseError("BAD_CONFIGURATION", `${file} cannot be read`, {
      next: "check the path; it counts from the folder of dblease.yaml",
      cause: error,
    });
  }
}

/**
 * The checked configuration with the text of every `tls.ca` file in its place, ready for the table.
 * @throws BAD_CONFIGURATION with the place of each mistake.
 */
export function readConfiguration(file: string): Config {
  const config = readConfig(readText(file, "."), file);
  for (const database of Object.values(config.databases)) {
    if (database.tls && database.tls !== "off") database.tls.ca = readText(database.tls.ca, dirname(file));
  }
  return config;
}
