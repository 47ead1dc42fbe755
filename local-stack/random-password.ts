import { randomBytes } from "node:crypto";

/** A password for a login of the local stack: 32 characters that no program has to quote. */
export function randomPassword(): string {
  return randomBytes(24).toString("base64url");
}
