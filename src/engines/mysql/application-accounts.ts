/**
 * Application users of MySQL and MariaDB. A user is all accounts of its name, whatever their host: an application comes
 * from several hosts and has one password.
 */
import { createHash } from "node:crypto";
import type { MysqlConnection } from "../../connect/mysql.ts";
import { DbleaseError } from "../../errors.ts";
import { engineError, repeatOn } from "./errors.ts";
import { accountName, literal } from "./quote.ts";
import { message, type Row } from "./use.ts";

export interface Account {
  /** `'user'@'host'`, quoted. */
  name: string;
  plugin: string;
}

/** Changes every account of this user. Throws NOT_FOUND, ADMIN_LACKS_RIGHTS. */
export async function changeAccounts(
  connection: MysqlConnection,
  username: string,
  statements: (account: Account) => readonly string[],
): Promise<void> {
  try {
    const [rows = []] = await message(connection, [
      `SELECT Host AS host, plugin FROM mysql.user WHERE User = ${literal(username)}`,
    ]);
    if (rows.length === 0) {
      throw new DbleaseError("NOT_FOUND", `the server has no user ${username}`, {
        next: "make the user, or mend rotations in dblease.yaml",
      });
    }
    const all = rows.map((row: Row) => ({
      name: accountName(username, row.host),
      plugin: String(row.plugin),
    }));
    for (const account of all) await repeatOn([], () => message(connection, statements(account)));
  } catch (error) {
    throw engineError(error, username);
  }
}

/** Of the account that the connection has logged in as, and no other of its name. Throws what the server says. */
export async function changeOwn(
  connection: MysqlConnection,
  username: string,
  statements: readonly string[],
): Promise<readonly Row[][]> {
  try {
    return await repeatOn([], () => message(connection, statements));
  } catch (error) {
    throw engineError(error, username);
  }
}

/**
 * Until the connection ends, no other call of this step changes this user: where a change takes several statements, those
 * of two calls would mix and leave the current password out. Anybody who is logged in may take a lock whose name they
 * guess, and would keep a leaked password alive by it: so the name comes from the next password, which nobody has yet.
 * Of a call whose machine vanished the server lets go after a minute.
 * https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html
 * @throws CONFLICT
 */
export async function holdLock(connection: MysqlConnection, username: string, next: string): Promise<void> {
  const name = createHash("sha256").update(`dblease lock ${next}`).digest("hex");
  const results = await message(connection, [
    "SET SESSION wait_timeout = 60",
    `SELECT GET_LOCK(${literal(name)}, 0) AS ours`,
  ]).catch((error: unknown) => {
    throw engineError(error, username);
  });
  if (results[1]?.[0]?.ours === 1) return;
  throw new DbleaseError("CONFLICT", `another run is changing ${username}`, {
    next: "nothing; Secrets Manager repeats the step by itself",
  });
}

export async function close(connection: MysqlConnection): Promise<void> {
  // A dead socket cannot be said goodbye to.
  await connection.end().catch(() => {});
}
