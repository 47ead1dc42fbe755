/** The way to every server process of one SQL Server database, for the engine adapter. */
import type { Door } from "../engines/engine.ts";
import type { GrantId, Member } from "../grant.ts";
import { openSqlserver, type SqlserverConnection, type SqlserverLogin } from "./sqlserver.ts";
import { tag } from "./tag.ts";

export interface SqlserverDoorway extends Pick<SqlserverLogin, "connectTimeoutMs" | "statementTimeoutMs"> {
  /** The writer first; at least one. */
  members: readonly Member[];
  /** Database in which access is granted; the admin logs in to `master`. */
  database: string;
  credentials: { username: string; password: string };
  /** Absent: TLS with the runtime's authorities. */
  tls?: SqlserverLogin["tls"];
  /** Absent: an action that belongs to no grant (prepare, list, doctor). */
  grantId?: GrantId;
}

/** Opens nothing by itself; each `open` is one login and throws what openSqlserver throws. */
export function sqlserverDoor(to: SqlserverDoorway): Door<SqlserverConnection> {
  const [writer] = to.members;
  if (!writer) throw new RangeError("a database has at least one member");
  return {
    members: to.members,
    database: to.database,
    open({ member = writer, purpose } = {}) {
      return openSqlserver({
        host: member.host,
        port: member.port,
        ...to.credentials,
        tls: to.tls ?? {},
        applicationName: tag(to.grantId, purpose),
        connectTimeoutMs: to.connectTimeoutMs,
        statementTimeoutMs: to.statementTimeoutMs,
      });
    },
  };
}
