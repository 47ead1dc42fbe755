import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cliBundle } from "./cli-bundle.ts";
import { caller, type PlayedApi, playApi } from "./played-api.ts";

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  finished: Promise<Finished>;
  interrupt(): void;
  /** Resolves once stderr holds the text. */
  says(text: string): Promise<void>;
  /** What the pattern's group finds, once stdout matches. */
  prints(pattern: RegExp): Promise<string>;
}

/** A person's desk: a home folder of its own, AWS credentials, and the real command line against a played API. */
export interface Desk {
  api: PlayedApi;
  home: string;
  stateFolder: string;
  start(args: readonly string[], env?: Record<string, string | undefined>): Running;
  dblease(args: readonly string[], env?: Record<string, string | undefined>): Promise<Finished>;
  close(): Promise<void>;
}

export async function openDesk(): Promise<Desk> {
  const api = await playApi();
  api.answer("GET /databases", {
    body: { databases: [{ id: "orders", engine: "postgres", provenAgainst: "real server", roles: [] }] },
  });
  const home = mkdtempSync(join(tmpdir(), "dblease-desk-"));
  const state = join(home, "state");

  function start(args: readonly string[], env: Record<string, string | undefined> = {}): Running {
    const child = spawn(process.execPath, [cliBundle(), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env.PATH,
        HOME: home,
        TZ: "UTC",
        XDG_STATE_HOME: state,
        DBLEASE_API: api.url,
        AWS_ACCESS_KEY_ID: caller.accessKeyId,
        AWS_SECRET_ACCESS_KEY: caller.secretAccessKey,
        AWS_REGION: caller.region,
        AWS_EC2_METADATA_DISABLED: "true",
        ...env,
      },
    });
    let stdout = "";
    let stderr = "";
    const listeners = new Set<() => void>();
    child.stdout.on("data", (part) => {
      stdout += part;
      for (const listener of listeners) listener();
    });
    child.stderr.on("data", (part) => {
      stderr += part;
      for (const listener of listeners) listener();
    });
    const finished = new Promise<Finished>((resolve) => {
      child.on("close", (code) => resolve({ code, stdout, stderr }));
    });
    async function until(isSo: () => boolean, what: string): Promise<void> {
      const heard = new Promise<void>((resolve) => {
        listeners.add(() => {
          if (isSo()) resolve();
        });
      });
      if (isSo()) return;
      const ended = await Promise.race([heard, finished]);
      if (ended && !isSo()) throw new Error(`ended without ${what}: ${ended.stderr}`);
    }
    return {
      finished,
      interrupt: () => void child.kill("SIGINT"),
      async says(text) {
        await until(() => stderr.includes(text), `saying "${text}"`);
      },
      async prints(pattern) {
        await until(() => pattern.test(stdout), `printing ${pattern}`);
        return pattern.exec(stdout)?.[1] ?? "";
      },
    };
  }

  return {
    api,
    home,
    stateFolder: join(state, "dblease"),
    start,
    dblease: (args, env) => start(args, env).finished,
    async close() {
      await api.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
