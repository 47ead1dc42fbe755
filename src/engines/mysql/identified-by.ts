import { DbleaseError } from "../../errors.ts";
import { mysqlNative } from "../../verifiers/mysql-native.ts";
import type { Account } from "./application-accounts.ts";
import type { Dialect } from "./dialect.ts";
import { literal } from "./quote.ts";

/** Methods of MySQL that know a password. */
const ofMysql = ["caching_sha2_password", "mysql_native_password"];

/**
 * The clause that gives an account this password by the method that it has. MariaDB gets a hash. MySQL gets the password
 * itself, over verified TLS, and writes `<secret>` in its place into every log; a verifier it would write out.
 * @throws USER_REFUSED for any other method.
 */
export function identifiedBy({ engine }: Dialect, { name, plugin }: Account, password: string): string {
  if (engine === "mysql" && ofMysql.includes(plugin)) {
    return `IDENTIFIED WITH ${plugin} BY ${literal(password)}`;
  }
  if (engine === "mariadb" && ["mysql_native_password", ""].includes(plugin)) {
    return `IDENTIFIED VIA mysql_native_password USING ${literal(mysqlNative(password))}`;
  }
  throw new DbleaseError("USER_REFUSED", `${name} logs in by ${plugin}, which dblease does not rotate`, {
    next: "let the account log in by the server's own kind of password, or rotate it otherwise",
  });
}
