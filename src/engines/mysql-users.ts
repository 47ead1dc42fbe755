/** Application users of MySQL and of MariaDB: what rotation asks of them. Both keep two passwords for an account. */
import type { MysqlConnection } from "../connect/mysql.ts";
import { DbleaseError } from "../errors.ts";
import { mysqlNative } from "../verifiers/mysql-native.ts";
import type { PairedUsers, TwoPasswordUsers } from "./application-users.ts";
import { type Account, changeAccounts, changeOwn, close, holdLock } from "./mysql/application-accounts.ts";
import { type Dialect, mariadbDialect, mysqlDialect } from "./mysql/dialect.ts";
import { identifiedBy } from "./mysql/identified-by.ts";
import { preparePair } from "./mysql/prepare-pair.ts";
import { literal } from "./mysql/quote.ts";

/**
 * MySQL takes no verifier together with RETAIN, so the password itself goes to the server, over verified TLS; the server
 * writes `<secret>` in its place into every log (MySQL manual, "Passwords and Logging"). The first two statements bring the
 * account to the current password alone, whatever a run before has left: RETAIN would keep the wrong one otherwise.
 * Dual passwords: https://dev.mysql.com/doc/refman/8.4/en/password-management.html#dual-passwords
 */
export const mysqlUsers: TwoPasswordUsers<MysqlConnection> = {
  passwords: "two",
  pair: pairOf(mysqlDialect),
  longestName: 32,
  async addPassword(connection, username, { next, current }) {
    assertKeepsTwo(connection);
    await holdLock(connection, username, next);
    await changeAccounts(connection, username, ({ name }) => [
      `ALTER USER ${name} IDENTIFIED BY ${literal(current)}`,
      `ALTER USER ${name} DISCARD OLD PASSWORD`,
      `ALTER USER ${name} IDENTIFIED BY ${literal(next)} RETAIN CURRENT PASSWORD`,
    ]);
  },
  // The plugin stays, and nothing but the password may be said of one's own account.
  async changeOwnPassword(connection, username, password) {
    await changeOwn(connection, username, [`ALTER USER USER() IDENTIFIED BY ${literal(password)}`]);
  },
  dropOldPassword: (connection, username) =>
    changeAccounts(connection, username, ({ name }) => [`ALTER USER ${name} DISCARD OLD PASSWORD`]),
  close,
};

/** A pair keeps one password for each of its users; a second one that a run of single-user has left does not outlive it. */
function pairOf(dialect: Dialect): PairedUsers<MysqlConnection> {
  return {
    changePassword: (connection, username, password) =>
      changeAccounts(connection, username, (account) => [
        ...(dialect.engine === "mysql" ? [`ALTER USER ${account.name} DISCARD OLD PASSWORD`] : []),
        `ALTER USER ${account.name} ${identifiedBy(dialect, account, password)}`,
      ]),
    preparePair: (connection, pair, randomBytes) => preparePair(dialect, connection, pair, randomBytes),
  };
}

/** An older server would call RETAIN a mistake in the syntax, and write the whole statement into its log. */
function assertKeepsTwo({ serverVersion }: MysqlConnection): void {
  const [major = 0, minor = 0, patch = 0] = serverVersion.split(/[.-]/).map(Number);
  if (major * 1e6 + minor * 1e3 + patch >= 8_000_014) return;
  throw new DbleaseError("UNAVAILABLE", `MySQL ${serverVersion} keeps one password for an account`, {
    next: "upgrade to 8.0.14 or later",
  });
}

/**
 * MariaDB knows several ways to authenticate for one account, also the same twice: one verifier each, the new one first.
 * https://mariadb.com/kb/en/authentication-from-mariadb-10-4/
 */
export const mariadbUsers: TwoPasswordUsers<MysqlConnection> = {
  passwords: "two",
  pair: pairOf(mariadbDialect),
  longestName: 80,
  async addPassword(connection, username, { next, current }) {
    await changeAccounts(connection, username, (account) => {
      assertNative(account);
      const by = (password: string) => `mysql_native_password USING ${literal(mysqlNative(password))}`;
      return [`ALTER USER ${account.name} IDENTIFIED VIA ${by(next)} OR ${by(current)}`];
    });
  },
  async changeOwnPassword(connection, username, password) {
    await assertOneNative(connection, username);
    await changeOwn(connection, username, [`SET PASSWORD = ${literal(mysqlNative(password))}`]);
  },
  dropOldPassword: (connection, username, current) =>
    changeAccounts(connection, username, (account) => [
      `ALTER USER ${account.name} ${identifiedBy(mariadbDialect, account, current)}`,
    ]),
  close,
};

/** Another method may be stronger, or no password at all; it is not replaced behind somebody's back. */
function assertNative({ name, plugin }: Account): void {
  if (plugin === "mysql_native_password" || plugin === "") return;
  throw new DbleaseError("USER_REFUSED", `${name} logs in by ${plugin}, which keeps one password`, {
    next: "let the account log in by mysql_native_password, or rotate it otherwise",
  });
}

/** An account may change the first of its ways to log in, and never learn what became of the others. */
async function assertOneNative(connection: MysqlConnection, username: string): Promise<void> {
  const [[shown] = []] = await changeOwn(connection, username, ["SHOW CREATE USER"]);
  if (
    !Object.values(shown ?? {})
      .join()
      .includes(" IDENTIFIED VIA ")
  )
    return;
  throw new DbleaseError("USER_REFUSED", `${username} has another way to log in than one password`, {
    next: "leave it one password by mysql_native_password, or name adminSecret in dblease.yaml",
  });
}
