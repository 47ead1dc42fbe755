/**
 * Application users of MySQL and MariaDB. A user is all accounts of its name, whatever their host: an application comes
 * from several hosts and has one password.
 */
import type { MysqlConnection } from "../../connect/mysql.ts";
import { DbleaseError } from "../../errors.ts";
import { engineError, repeatOn } from "./errors.ts";
import { accountName, literal } from "./quote.ts";
import { message, type Row } from "./use.ts";

const longestLockName = 64;

export interface Account {
  /** `'user'@'host'`, quoted. */
  name: string;
  plugin: string;
}

/** Changes every account of this user, in one run at a time. Throws NOT_FOUND, ADMIN_LACKS_RIGHTS, CONFLICT. */
export async function changeAccounts(
  connection: MysqlConnection,
  username: string,
  statements: (account: Account) => readonly string[],
): Promise<void> {
  try {
    await lock(connection, username);
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

/**
 * Until the connection ends, no other run changes this user: where a change takes several statements, those of two runs
 * would mix and leave the current password out. Of a run whose machine vanished the server lets go after a minute.
 * https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html
 */
async function lock(connection: MysqlConnection, username: string): Promise<void> {
  const name = literal(`dblease:${username}`.slice(0, longestLockName));
  const results = await message(connection, [
    "SET SESSION wait_timeout = 60",
    `SELECT GET_LOCK(${name}, 0) AS ours`,
  ]);
  if (results[1]?.[0]?.ours === 1) return;
  throw new DbleaseError("CONFLICT", `another run is changing ${username}`, {
    next: "nothing; Secrets Manager repeats the step by itself",
  });
}

export async function close(connection: MysqlConnection): Promise<void> {
  // A dead socket cannot be said goodbye to.
  await connection.end().catch(() => {});
}
