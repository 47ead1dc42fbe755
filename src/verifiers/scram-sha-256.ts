/** PostgreSQL's SCRAM-SHA-256 verifier, made where the password is: the server never sees the password itself. */
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

/** PostgreSQL's own default; every other count is refused by check-scram-sha-256.ts. */
const scramIterations = 4096;
export const scramSaltBytes = 16;

/**
 * The text that `CREATE ROLE ... PASSWORD` stores as it is. `salt`: 16 random bytes.
 * RFC 5802 section 3 and PostgreSQL's scram_build_secret (src/common/scram-common.c).
 * Throws RangeError for another salt length and for characters that SASLprep (RFC 4013) might change.
 */
export function scramSha256(password: string, salt: Uint8Array): string {
  if (salt.length !== scramSaltBytes) throw new RangeError(`a salt has ${scramSaltBytes} bytes`);
  if (!/^[\x20-\x7e]+$/.test(password)) throw new RangeError("a password is printable ASCII");
  const salted = pbkdf2Sync(password, salt, scramIterations, 32, "sha256");
  const storedKey = createHash("sha256").update(hmac(salted, "Client Key")).digest("base64");
  const serverKey = hmac(salted, "Server Key").toString("base64");
  const saltText = Buffer.from(salt).toString("base64");
  return `SCRAM-SHA-256$${scramIterations}:${saltText}$${storedKey}:${serverKey}`;
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
