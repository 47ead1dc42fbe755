import type { OracleConnection } from "../connect/oracle.ts";
import { oracleDoor } from "../connect/oracle-door.ts";
import type { Door } from "../engines/engine.ts";
import { oracle } from "../engines/oracle.ts";
import { DbleaseError } from "../errors.ts";
import type { Doorway, EngineParts } from "./database-step.ts";

/** The configuration refuses both; a grant may carry a snapshot of another one. */
function door({ tls, credentials, ...to }: Doorway): Door<OracleConnection> {
  if (tls === "off" || typeof credentials === "function") {
    throw new DbleaseError("BAD_CONFIGURATION", "Oracle is reached over TLS, by an admin with a password", {
      next: "name adminSecret, and take tls: off and adminUser out of dblease.yaml",
    });
  }
  return oracleDoor({ ...to, credentials, ...(tls ? { tls } : {}) });
}

export const oracleParts: EngineParts<OracleConnection> = { engine: oracle, door };
