/**
 * Refuses every verifier that PostgreSQL would take and we would regret: a huge iteration count keeps
 * CREATE ROLE busy for ever (dangers 2), short keys turn the text itself into the password (dangers 3).
 */
import { DbleaseError } from "../errors.ts";

const shape = /^SCRAM-SHA-256\$4096:([A-Za-z0-9+/]{22}==)\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)$/;

/** Throws BAD_VERIFIER unless there are 4096 iterations, a 16-byte salt and two 32-byte keys in canonical base64. */
export function checkScramSha256(verifier: string): void {
  const parts = shape.exec(verifier)?.slice(1);
  if (parts?.every(isCanonical)) return;
  throw new DbleaseError("BAD_VERIFIER", "the verifier is not SCRAM-SHA-256 with 4096 iterations", {
    next: "send the verifier that `dblease request` makes",
  });
}

/** The last character before the padding has bits that decoders drop: two texts, one value. Only one is canonical. */
function isCanonical(text: string): boolean {
  return Buffer.from(text, "base64").toString("base64") === text;
}
