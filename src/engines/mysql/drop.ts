import type { MysqlConnection } from "../../connect/mysql.ts";
import type { KnownUser } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { dropEvent } from "./event.ts";
import { refuseForeign } from "./guard.ts";
import { type Account, ours } from "./look.ts";
import { accountName } from "./quote.ts";
import type { Reading } from "./reading.ts";
import { message } from "./use.ts";

/** The event goes last: as long as the account is there, it locks it and says whose it is. */
export function dropStatements(
  dialect: Dialect,
  user: KnownUser,
  accounts: readonly Pick<Account, "user" | "host">[],
): string[] {
  const hosts = accounts.map(({ host }) => host);
  const names = accounts.map((account) => accountName(account.user, account.host)).join(", ");
  return [refuseForeign(dialect, user, hosts), `DROP USER IF EXISTS ${names}`, dropEvent(user.username)];
}

/** Drops every account of this grant that `seen` has, and what event there is. Result: whether there was an account. */
export async function drop(
  dialect: Dialect,
  connection: MysqlConnection,
  user: KnownUser,
  seen: Reading,
): Promise<boolean> {
  const accounts = ours(user, seen);
  if (accounts.length > 0) await message(connection, dropStatements(dialect, user, accounts));
  else if (seen.hasEvent) await message(connection, [dropEvent(user.username)]);
  return accounts.length > 0;
}
