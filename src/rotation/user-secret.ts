/** What a secret says of a login: the JSON of AWS's rotation functions, taken as it is. */
import { DbleaseError } from "../errors.ts";
import type { Engine } from "../grant.ts";
import { withFields } from "./secret-text.ts";

export interface UserSecret {
  username: string;
  password: string;
  /** Database inside the server that the application uses. */
  dbname?: string;
  /** Where the application goes: compared, never gone to. */
  host?: string;
  port?: number;
  /** As it stands in the secret. */
  text: string;
}

/** Names that RDS has for each engine, as prefixes: `aurora-postgresql`, `sqlserver-se`, `oracle-ee-cdb`. */
const rdsNames: Readonly<Record<Engine, readonly string[]>> = {
  postgres: ["postgres", "aurora-postgresql"],
  mysql: ["mysql", "aurora-mysql", "aurora"],
  mariadb: ["mariadb"],
  sqlserver: ["sqlserver"],
  oracle: ["oracle"],
};

function isEngine(name: string, engine: Engine): boolean {
  return rdsNames[engine].some((it) => name === it || name.startsWith(`${it}-`));
}

function refuse(sentence: string): never {
  throw new DbleaseError("BAD_SECRET", sentence, {
    next: 'store {"engine", "host", "port", "username", "password", "dbname"} as JSON in the secret',
  });
}

function parse(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // The parser's message would quote the secret.
  }
  return refuse("the secret does not hold a JSON object");
}

function optionalText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** @throws BAD_SECRET, in words that hold nothing of the secret's values but the engine's name. */
export function readUserSecret(text: string | undefined, engine: Engine): UserSecret {
  const fields = parse(text);
  const username = optionalText(fields.username);
  const password = optionalText(fields.password);
  if (username === undefined || password === undefined) {
    return refuse("the secret has no username or no password");
  }
  const named = optionalText(fields.engine);
  // Many secrets were written by hand and name none; the configuration knows it.
  if (named !== undefined && !isEngine(named, engine)) {
    return refuse(`the secret is for engine ${named.slice(0, 30)}, the database is ${engine}`);
  }
  const dbname = optionalText(fields.dbname);
  const host = optionalText(fields.host);
  // AWS's own secrets hold it as a number or as text.
  const port = Number(fields.port);
  return {
    username,
    password,
    ...(dbname ? { dbname } : {}),
    ...(host ? { host } : {}),
    ...(port > 0 ? { port } : {}),
    text: text ?? "",
  };
}

/** Whether the secret names the very address that dblease goes to; a secret without one does. */
export function isAtHome(secret: UserSecret, home: { host: string; port: number }): boolean {
  const plain = (host: string) => host.toLowerCase().replace(/\.$/, "");
  const isHost = secret.host === undefined || plain(secret.host) === plain(home.host);
  return isHost && (secret.port === undefined || secret.port === home.port);
}

/** The next version's text: another password, for a pair another user, and nothing else. */
export function nextSecretText(current: UserSecret, next: { username: string; password: string }): string {
  return withFields(current.text, next);
}

/**
 * Refuses a pending version that differs from the current one in anything but what a rotation changes. Otherwise
 * whoever may write a pending version could send the application, or us, elsewhere (confused deputy).
 * @throws PENDING_REFUSED
 */
export function checkPending(pending: UserSecret, current: UserSecret, username: string): void {
  const expected = nextSecretText(current, { username, password: pending.password });
  if (pending.username === username && pending.text === expected) return;
  const what = pending.username === username ? "more than the password" : "the user";
  throw new DbleaseError("PENDING_REFUSED", `the pending version of the secret changes ${what}`, {
    next: "find out who wrote it, then: dblease rotate, which throws it away and makes another",
  });
}
