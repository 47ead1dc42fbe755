/** MySQL's caching_sha2_password verifier, made where the password is: the server never sees the password itself. */
import { createHash } from "node:crypto";

/** MySQL's own default, written `005` (thousands, hexadecimal) in the verifier. */
const rounds = 5000;
export const cachingSha2SaltLength = 20;

const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * A salt from 20 random bytes, in printable characters: MySQL before 8.0.17 takes verifiers as strings only.
 * 120 random bits; 64 characters divide 256, so none is favoured.
 */
export function cachingSha2Salt(randomBytes: Uint8Array): string {
  if (randomBytes.length !== cachingSha2SaltLength) {
    throw new RangeError(`a salt has ${cachingSha2SaltLength} characters`);
  }
  return Array.from(randomBytes, (byte) => alphabet[byte & 63]).join("");
}

/**
 * The text that `IDENTIFIED WITH caching_sha2_password AS` stores as it is: `$A$005$`, salt, digest. The digest is
 * SHA-256 crypt (https://www.akkadia.org/drepper/SHA-crypt.txt) with a salt of 20 characters instead of 16
 * (MySQL, sql/auth/sha2_password.cc). Throws RangeError for another salt and for passwords beyond printable ASCII.
 */
export function cachingSha2(password: string, salt: string): string {
  if (!/^[./0-9A-Za-z]{20}$/.test(salt)) throw new RangeError("a salt has 20 characters of [./0-9A-Za-z]");
  if (!/^[\x20-\x7e]+$/.test(password)) throw new RangeError("a password is printable ASCII");
  return `$A$005$${salt}${encode(digest(Buffer.from(password), Buffer.from(salt)))}`;
}

/** Steps 4 to 21 of SHA-crypt. */
function digest(password: Buffer, salt: Buffer): Buffer {
  const mixed = sha256(password, salt, password);
  const start = [password, salt, stretch(mixed, password.length)];
  for (let left = password.length; left > 0; left >>= 1) start.push(left & 1 ? mixed : password);
  let state = sha256(...start);
  const p = stretch(sha256(...Array(password.length).fill(password)), password.length);
  const s = stretch(sha256(...Array(16 + (state[0] ?? 0)).fill(salt)), salt.length);
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1;
    state = sha256(
      odd ? p : state,
      ...(round % 3 === 0 ? [] : [s]),
      ...(round % 7 === 0 ? [] : [p]),
      odd ? state : p,
    );
  }
  return state;
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The bytes repeated up to this length. */
function stretch(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

/** Step 22: three bytes become four characters, lowest bits first, in the order that SHA-crypt prescribes. */
function encode(bytes: Buffer): string {
  const groups = Array.from({ length: 10 }, (_, i) => {
    const first = (i * 21) % 30;
    return [first, (first + 10) % 30, (first + 20) % 30].map((at) => bytes[at] ?? 0);
  });
  return [
    ...groups.map((group) => characters(group, 4)),
    characters([0, bytes[31] ?? 0, bytes[30] ?? 0], 3),
  ].join("");
}

function characters([high = 0, middle = 0, low = 0]: readonly number[], count: number): string {
  const bits = (high << 16) | (middle << 8) | low;
  return Array.from({ length: count }, (_, i) => alphabet[(bits >> (6 * i)) & 63]).join("");
}
