import type { Engine } from "../grant.ts";
import { cachingSha2, cachingSha2Salt, cachingSha2SaltLength } from "./caching-sha2.ts";
import { mysqlNative } from "./mysql-native.ts";
import { password as makePassword } from "./password.ts";
import { scramSaltBytes, scramSha256 } from "./scram-sha-256.ts";
import { sqlserverHash, sqlserverSaltBytes } from "./sqlserver-hash.ts";

type RandomBytes = (count: number) => Uint8Array;

/** What this engine's servers store instead of a password. */
function verifierOf(engine: Engine, password: string, randomBytes: RandomBytes): string {
  if (engine === "mysql") return cachingSha2(password, cachingSha2Salt(randomBytes(cachingSha2SaltLength)));
  if (engine === "mariadb") return mysqlNative(password);
  if (engine === "sqlserver") return sqlserverHash(password, randomBytes(sqlserverSaltBytes));
  if (engine === "oracle") return password;
  return scramSha256(password, randomBytes(scramSaltBytes));
}

/** A new password, which stays where it was made, and what the database stores instead of it, which travels. */
export function newSecret(engine: Engine, randomBytes: RandomBytes): { password: string; verifier: string } {
  const password = makePassword(randomBytes);
  return { password, verifier: verifierOf(engine, password, randomBytes) };
}
