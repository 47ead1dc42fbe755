/** The client program of each engine, and how it is told where to go: the secret goes by its environment alone. */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Engine } from "../src/grant.ts";
import { type Credential, credentialVariables } from "./credential.ts";
import { Failure } from "./failure.ts";

interface DatabaseClient {
  program: string;
  install: string;
  args: (it: Credential) => string[];
  env: (it: Credential) => Record<string, string>;
}

const clients: Partial<Record<Engine, DatabaseClient>> = {
  postgres: {
    program: "psql",
    install: "install it: apt-get install postgresql-client, or brew install libpq",
    args: () => [],
    env: (it) => Object.fromEntries(credentialVariables(it)),
  },
};

/** @throws UNAVAILABLE for an engine without one, or one that is not installed. */
export function databaseClient(engine: Engine, env: NodeJS.ProcessEnv): DatabaseClient {
  const client = clients[engine];
  if (!client) {
    throw new Failure("UNAVAILABLE", `dblease opens no client for ${engine} yet`, "dblease credential <id>");
  }
  const found = (env.PATH ?? "").split(delimiter).some((folder) => isProgram(join(folder, client.program)));
  if (found) return client;
  throw new Failure("UNAVAILABLE", `there is no ${client.program} on this machine`, client.install);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs the client on this terminal. @returns its exit code. */
export function runClient(
  client: DatabaseClient,
  credential: Credential,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(client.program, [...client.args(credential), ...args], {
      stdio: "inherit",
      env: { ...env, ...client.env(credential) },
    });
    // Ctrl-C is the client's: it cancels a query there, and must not end us under it.
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}
