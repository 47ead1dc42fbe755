import { randomBytes } from "node:crypto";
import { password as makePassword } from "../src/verifiers/password.ts";
import { scramSaltBytes, scramSha256 } from "../src/verifiers/scram-sha-256.ts";

/** A new password, which stays on this machine, and what the database stores instead of it, which travels. */
export function newSecret(): { password: string; verifier: string } {
  const password = makePassword(randomBytes);
  return { password, verifier: scramSha256(password, randomBytes(scramSaltBytes)) };
}
