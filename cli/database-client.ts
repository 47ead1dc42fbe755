/** The client program of each engine, and how it is told where to go: the secret never stands in its arguments. */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Engine } from "../src/grant.ts";
import type { GrantView } from "../src/views.ts";
import type { Context } from "./context.ts";
import type { Credential } from "./credential.ts";
import { credentialTexts } from "./credential-texts.ts";
import { Failure } from "./failure.ts";
import { keepOptionFile } from "./read-credential.ts";

interface DatabaseClient {
  program: string;
  install: string;
  /** By a file of mode 0600 instead of the environment, which holds not all that it must know. */
  byFile?: true;
  /** What it is always told. */
  words?: readonly string[];
}

const clients: Partial<Record<Engine, DatabaseClient>> = {
  postgres: {
    program: "psql",
    install: "install it: apt-get install postgresql-client, or brew install libpq",
  },
  mysql: {
    program: "mysql",
    install: "install it: apt-get install default-mysql-client, or brew install mysql-client",
    byFile: true,
  },
  mariadb: {
    program: "mariadb",
    install: "install it: apt-get install mariadb-client, or brew install mariadb",
    byFile: true,
  },
  sqlserver: {
    program: "sqlcmd",
    install: "install it: https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-utility",
    words: ["-N"],
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
export async function runClient(
  context: Context,
  client: DatabaseClient,
  grant: GrantView,
  credential: Credential,
  args: readonly string[],
): Promise<number> {
  const file = client.byFile && (await keepOptionFile(context, grant, credential));
  const own = file ? [`--defaults-extra-file=${file}`] : [];
  const variables = file ? {} : credentialTexts(grant).variables(credential);
  const child = spawn(client.program, [...own, ...(client.words ?? []), ...args], {
    stdio: "inherit",
    env: { ...context.env, ...variables },
  });
  return new Promise((resolve, reject) => {
    // Ctrl-C is the client's: it cancels a query there, and must not end us under it.
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}
