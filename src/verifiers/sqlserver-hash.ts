/** SQL Server's password hash, made where the password is: the server never sees the password itself. */
import { createHash } from "node:crypto";

export const sqlserverSaltBytes = 4;

/**
 * The value that `PASSWORD = 0x... HASHED` stores as it is, in SQL Server 2012 and later: version 2, a salt of four bytes,
 * SHA-512 of the password in UTF-16 and the salt. One round of a fast hash, so only a password of many random bits may
 * stand behind it. It is what Microsoft's own script for moving logins between servers carries over:
 * https://learn.microsoft.com/en-us/troubleshoot/sql/database-engine/security/transfer-logins-passwords-between-instances
 */
export function sqlserverHash(password: string, salt: Uint8Array): string {
  if (salt.length !== sqlserverSaltBytes) throw new RangeError("a salt of SQL Server is four bytes");
  const digest = createHash("sha512").update(Buffer.from(password, "utf16le")).update(salt).digest();
  return `0x0200${Buffer.concat([salt, digest]).toString("hex").toUpperCase()}`;
}
