import type { SqlserverConnection } from "../connect/sqlserver.ts";
import { sqlserverDoor } from "../connect/sqlserver-door.ts";
import type { Door } from "../engines/engine.ts";
import { sqlserver } from "../engines/sqlserver.ts";
import { DbleaseError } from "../errors.ts";
import type { Doorway, EngineParts } from "./database-step.ts";

/** The configuration refuses plain text and IAM for this engine; a grant may carry a snapshot of another one. */
function door({ tls, credentials, ...to }: Doorway): Door<SqlserverConnection> {
  if (typeof credentials === "function") {
    throw new DbleaseError("BAD_CONFIGURATION", "the admin of SQL Server logs in by password", {
      next: "name adminSecret instead of adminUser in dblease.yaml",
    });
  }
  if (tls !== "off") return sqlserverDoor({ ...to, credentials, ...(tls ? { tls } : {}) });
  throw new DbleaseError("BAD_CONFIGURATION", "SQL Server is reached over TLS only", {
    next: "take tls: off out of dblease.yaml",
  });
}

export const sqlserverParts: EngineParts<SqlserverConnection> = { engine: sqlserver, door };
