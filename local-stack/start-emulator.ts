import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { AwsAccess } from "./aws-access.ts";
import { inCheckout } from "./in-checkout.ts";
import { type GuardedProgram, startGuarded } from "./start-guarded.ts";

export interface Emulator {
  /** As the root of the emulated account: to make the first user with, and nothing else. */
  root: AwsAccess;
  logFile: string;
  /** What RDS would ask AWS about an IAM login at this instance. */
  judgeToken(instance: string, username: string, token: string): Promise<boolean>;
  /** The same at an RDS Proxy, which then logs in to its own target with its own role. */
  judgeTokenAtProxy(proxy: string, username: string, token: string): Promise<boolean>;
  /** Settles when it has ended, asked for or not. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

const region = "us-east-1";

/** An empty AWS account on a free loopback port. It ends with this process, and so do the functions that it runs. */
export async function startEmulator(options: { folder: string; caFile: string }): Promise<Emulator> {
  const folder = resolve(options.folder);
  const temporary = join(folder, "tmp");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  // The emulator's own worker script is CommonJS; below a checkout it would be taken for the modules we write.
  writeFileSync(join(temporary, "package.json"), '{"type":"commonjs"}\n');
  const credentials = {
    accessKeyId: `AKIA${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString("base64url"),
  };
  const capability = randomBytes(24).toString("base64url");
  const logFile = join(folder, "emulator.log");
  const log = openSync(logFile, "a");
  const server = startGuarded({
    command: [inCheckout(".local/python/bin/python"), inCheckout("local-stack/emulator.py")],
    stopSignal: "TERM",
    cwd: folder,
    log,
    readStdout: true,
    // Functions inherit this environment, so it holds nothing of ours; node is the one of this checkout.
    env: {
      PATH: `${inCheckout("node_modules/.bin")}:${process.env.PATH}`,
      LANG: "C.UTF-8",
      HOME: folder,
      TMPDIR: temporary,
      STATE_DIR: join(folder, "state"),
      RDS_IAM_CAPABILITY: capability,
      RDS_CA_FILE: resolve(options.caFile),
      MINISTACK_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      LOG_LEVEL: "WARNING",
    },
  });
  closeSync(log);
  const port = await announcedPort(server, logFile);
  const endpoint = `http://127.0.0.1:${port}`;
  const judge = async (question: object) => {
    const answer = await fetch(`${endpoint}/_local/rds-iam`, {
      method: "POST",
      headers: { "x-capability": capability },
      body: JSON.stringify(question),
    });
    return ((await answer.json()) as { allowed: boolean }).allowed;
  };
  return {
    root: { endpoint, region, credentials },
    judgeToken: (instance, username, token) => judge({ instance, username, token }),
    judgeTokenAtProxy: (proxy, username, token) => judge({ proxy, username, token }),
    logFile,
    ended: server.ended,
    stop: server.stop,
  };
}

async function announcedPort(server: GuardedProgram, logFile: string): Promise<number> {
  if (server.stdout) {
    for await (const line of createInterface({ input: server.stdout })) {
      const { port } = JSON.parse(line) as { port: number };
      server.stdout.resume();
      return port;
    }
  }
  await server.ended;
  const lastWords = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-3).join("\n");
  throw new Error(`The AWS emulator did not start. Next: read ${logFile}, which ends with:\n${lastWords}`);
}
