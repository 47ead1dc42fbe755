/** MariaDB's mysql_native_password verifier, made where the password is: the server never sees the password itself. */
import { createHash } from "node:crypto";

/**
 * The text that `IDENTIFIED VIA mysql_native_password USING` stores as it is: `*` and SHA-1 of SHA-1 in upper-case
 * hexadecimal (MariaDB, PASSWORD()). It has no salt, so only a password of many random bits may stand behind it.
 * Throws RangeError for passwords beyond printable ASCII.
 */
export function mysqlNative(password: string): string {
  if (!/^[\x20-\x7e]+$/.test(password)) throw new RangeError("a password is printable ASCII");
  const once = createHash("sha1").update(password).digest();
  return `*${createHash("sha1").update(once).digest("hex").toUpperCase()}`;
}
