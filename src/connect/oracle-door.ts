/** The way to every server process of one Oracle database, for the engine adapter. */
import type { Door } from "../engines/engine.ts";
import type { GrantId, Member } from "../grant.ts";
import { type OracleConnection, type OracleLogin, openOracle } from "./oracle.ts";
import { tag } from "./tag.ts";

export interface OracleDoorway extends Pick<OracleLogin, "connectTimeoutMs" | "statementTimeoutMs"> {
  /** The writer first; at least one. */
  members: readonly Member[];
  /** Service name of the pluggable database. */
  database: string;
  credentials: { username: string; password: string };
  /** Absent: TLS with the runtime's authorities. */
  tls?: OracleLogin["tls"];
  /** Absent: an action that belongs to no grant (prepare, list, doctor). */
  grantId?: GrantId;
}

/** Opens nothing by itself; each `open` is one login and throws what openOracle throws. */
export function oracleDoor(to: OracleDoorway): Door<OracleConnection> {
  const [writer] = to.members;
  if (!writer) throw new RangeError("a database has at least one member");
  return {
    members: to.members,
    database: to.database,
    open({ member = writer, purpose } = {}) {
      return openOracle({
        host: member.host,
        port: member.port,
        service: to.database,
        ...to.credentials,
        tls: to.tls ?? {},
        applicationName: tag(to.grantId, purpose),
        connectTimeoutMs: to.connectTimeoutMs,
        statementTimeoutMs: to.statementTimeoutMs,
      });
    },
  };
}
