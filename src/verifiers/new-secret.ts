import { password as makePassword } from "./password.ts";
import { scramSaltBytes, scramSha256 } from "./scram-sha-256.ts";

/** A new password, which stays where it was made, and what the database stores instead of it, which travels. */
export function newSecret(randomBytes: (count: number) => Uint8Array): {
  password: string;
  verifier: string;
} {
  const password = makePassword(randomBytes);
  return { password, verifier: scramSha256(password, randomBytes(scramSaltBytes)) };
}
