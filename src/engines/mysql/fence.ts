import type { MysqlConnection } from "../../connect/mysql.ts";
import type { KnownUser } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { refuseForeign } from "./guard.ts";
import { type Account, type Look, ours } from "./look.ts";
import { accountName, theirName } from "./quote.ts";
import { type Reading, read } from "./reading.ts";

/**
 * No login, no privileges, no roles; each commits by itself. A view, routine or event of the user goes on to be there,
 * but it runs with the rights of an account that has none (dangers 11).
 */
export function fenceStatements(
  dialect: Dialect,
  user: KnownUser,
  accounts: readonly Pick<Account, "user" | "host">[],
  memberships: Look["memberships"],
): string[] {
  const hosts = accounts.map(({ host }) => host);
  return [
    refuseForeign(dialect, user, hosts),
    ...accounts.flatMap(({ user: name, host }) => {
      const account = accountName(name, host);
      const roles = memberships.filter((membership) => membership.host === host);
      return [
        `ALTER USER ${account} ACCOUNT LOCK`,
        `REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${account}`,
        ...roles.flatMap(({ role }) => dialect.revokeRole(theirName(role), account)),
      ];
    }),
  ];
}

/** Fences the accounts of this grant that `seen` has, and says how it is then. One round trip. */
export function fence(
  dialect: Dialect,
  connection: MysqlConnection,
  user: KnownUser,
  seen: Look,
): Promise<Reading> {
  const accounts = ours(user, seen);
  const first = accounts.length === 0 ? [] : fenceStatements(dialect, user, accounts, seen.memberships);
  return read(dialect, connection, user, first);
}
