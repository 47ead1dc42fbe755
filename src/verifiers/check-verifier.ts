/** Refuses, per engine, every verifier that dblease does not make itself; what passes needs no second look (dangers 2, 3). */
import { DbleaseError } from "../errors.ts";
import type { Engine } from "../grant.ts";
import { checkScramSha256 } from "./check-scram-sha-256.ts";

/**
 * The last character of caching_sha2_password holds four bits, so it is one of the first sixteen. A verifier that
 * MySQL would not take is refused there as well; an empty one would mean no password at all.
 */
const shapes: Partial<Record<Engine, RegExp>> = {
  mysql: /^\$A\$005\$[./0-9A-Za-z]{62}[./0-9A-D]$/,
  mariadb: /^\*[0-9A-F]{40}$/,
  sqlserver: /^0x0200[0-9A-F]{136}$/,
  // The password itself: Oracle documents no way to be given anything else (docs/oracle.md).
  oracle: /^[A-Za-z][A-Za-z0-9_-]{29}$/,
};

/** Throws BAD_VERIFIER unless this is the one form that this engine stores. */
export function checkVerifier(engine: Engine, verifier: string): void {
  if (engine === "postgres") {
    checkScramSha256(verifier);
    return;
  }
  if (shapes[engine]?.test(verifier)) return;
  throw new DbleaseError("BAD_VERIFIER", `the verifier is not one that ${engine} stores`, {
    next: "send the verifier that `dblease request` makes",
  });
}
