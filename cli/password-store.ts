import { randomBytes } from "node:crypto";
import { access, chmod, constants, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { type GrantStatus, grantIdPattern, waitingStatuses } from "../src/grant.ts";
import { Failure } from "./failure.ts";

/** Where passwords rest while their grants last: one file per grant, readable by its owner only. */
export interface PasswordStore {
  readonly folder: string;
  /** Fails while nothing is lost yet, where a password made now could not be kept. */
  ready(): Promise<void>;
  keep(id: string, password: string): Promise<void>;
  read(id: string): Promise<string | undefined>;
  /** Writes what a client wants as a file: an authority (`ca.pem`), options (`cnf`); answers the path. */
  keepFile(id: string, ending: "ca.pem" | "cnf", content: string): Promise<string>;
  /** Removes what belongs to grants that cannot be used again. */
  tidy(grants: readonly { id: string; status: GrantStatus }[]): Promise<void>;
}

/** In these a password may still come to use; after them nothing leads back to `active`. */
const useful: readonly GrantStatus[] = [...waitingStatuses, "granting", "active"];

function missing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}

/** `$XDG_STATE_HOME/dblease`, else `~/.local/state/dblease`. */
export function passwordStore(env: NodeJS.ProcessEnv): PasswordStore {
  const folder = join(env.XDG_STATE_HOME || join(env.HOME || homedir(), ".local", "state"), "dblease");

  /** Ids come from outside and become file names, so nothing but an id passes. */
  function path(id: string, ending = ""): string {
    if (!grantIdPattern.test(id)) throw new RangeError(`"${id}" is not a grant id`);
    return join(folder, `${id}${ending}`);
  }

  async function orUnwritable<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new Failure(
        "UNAVAILABLE",
        `the state folder ${folder} cannot be written: ${error instanceof Error ? error.message : error}`,
        "make it writable, or export XDG_STATE_HOME=<a folder of yours>",
      );
    }
  }

  async function ready(): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    await access(folder, constants.W_OK);
  }

  /** A reader sees the old file or the whole new one, and nobody else sees either, not even for a moment. */
  async function write(target: string, content: string): Promise<void> {
    await ready();
    const draft = `${target}.${randomBytes(6).toString("hex")}.tmp`;
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, target);
  }

  return {
    folder,
    ready: () => orUnwritable(ready),
    keep: (id, password) => orUnwritable(() => write(path(id), password)),
    read: (id) => readFile(path(id), "utf8").catch(missing),
    async keepFile(id, ending, content) {
      const target = path(id, `.${ending}`);
      await orUnwritable(() => write(target, content));
      return target;
    },
    async tidy(grants) {
      const over = new Set(grants.filter((it) => !useful.includes(it.status)).map((it) => it.id));
      if (over.size === 0) return;
      // By name, so that the draft of a command that was killed goes as well.
      for (const name of (await readdir(folder).catch(missing)) ?? []) {
        if (over.has(name.split(".")[0] ?? "")) await rm(join(folder, name), { force: true });
      }
    },
  };
}
