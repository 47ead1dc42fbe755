import { existsSync } from "node:fs";
import { join } from "node:path";
import { inCheckout } from "./in-checkout.ts";

const folder = inCheckout(".local/iam-plugin");
const library = "aws_authentication_plugin.so";

/**
 * Why a server of this version cannot have RDS's IAM logins here; undefined: it can. A plugin that fits another version
 * of a server takes the server down, so it is loaded only into those that it was tried on.
 */
export function iamPluginMissing(version: string, tried: readonly string[]): string | undefined {
  if (!tried.includes(version))
    return `the IAM plugin was tried on ${tried.join(", ")} and not on ${version}`;
  return existsSync(join(folder, library)) ? undefined : "no IAM plugin: there was no gcc to compile it";
}

/** The options that load it. */
export const loadIamPlugin = [
  `--plugin-dir=${folder}`,
  `--plugin-load-add=AWSAuthenticationPlugin=${library}`,
] as const;
