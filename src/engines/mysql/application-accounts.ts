/**
 * Application users of MySQL and MariaDB. A user is all accounts of its name, whatever their host: an application comes
 * from several hosts and has one password.
 */
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

export async function close(connection: MysqlConnection): Promise<void> {
  // A dead socket cannot be said goodbye to.
  await connection.end().catch(() => {});
}
