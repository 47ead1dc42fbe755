import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { inCheckout } from "./checkout.mjs";
import { runProgram } from "./run-program.mjs";

/**
 * Compiles what gives MariaDB and MySQL of the local stack RDS's IAM logins; without a compiler they take passwords only.
 * @returns {Promise<string | undefined>} why this machine has none, in one line
 */
export async function buildIamPlugin() {
  const source = inCheckout("local-stack/aws-authentication-plugin/plugin.c");
  const folder = inCheckout(".local/iam-plugin");
  const library = `${folder}/aws_authentication_plugin.so`;
  if (existsSync(library) && statSync(library).mtimeMs >= statSync(source).mtimeMs) return undefined;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${library}.part`;
  const words = ["-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared"];
  const { succeeded, output } = await runProgram("gcc", [...words, "-o", unfinished, source]);
  // Moved when it is whole: a server may look for it meanwhile.
  if (succeeded) renameSync(unfinished, library);
  return succeeded ? undefined : `gcc: ${output.trim().split("\n")[0]}`;
}
