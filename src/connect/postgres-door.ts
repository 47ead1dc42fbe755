/** The way to every server process of one PostgreSQL database, for the engine adapter. */
import type { Door } from "../engines/engine.ts";
import type { GrantId, Member } from "../grant.ts";
import { openPostgres, type PostgresConnection, type PostgresLogin } from "./postgres.ts";
import { tag } from "./tag.ts";

export interface PostgresDoorway
  extends Pick<PostgresLogin, "database" | "connectTimeoutMs" | "statementTimeoutMs"> {
  /** The writer first; at least one. */
  members: readonly Member[];
  /** A token is signed for one server, so that it is asked for at each login. */
  credentials: AdminLogin | ((member: Member) => Promise<AdminLogin>);
  /** Absent: TLS with the runtime's authorities. */
  tls?: PostgresLogin["tls"];
  /** Absent: an action that belongs to no grant (prepare, list, doctor). */
  grantId?: GrantId;
}

type AdminLogin = Pick<PostgresLogin, "username" | "password" | "byIam">;

/** Opens nothing by itself; each `open` is one login and throws what openPostgres throws. */
export function postgresDoor(to: PostgresDoorway): Door<PostgresConnection> {
  const [writer] = to.members;
  if (!writer) throw new RangeError("a database has at least one member");
  return {
    members: to.members,
    database: to.database,
    async open({ database = to.database, member = writer, purpose } = {}) {
      const { credentials } = to;
      return openPostgres({
        host: member.host,
        port: member.port,
        database,
        ...(typeof credentials === "function" ? await credentials(member) : credentials),
        tls: to.tls ?? {},
        applicationName: tag(to.grantId, purpose),
        connectTimeoutMs: to.connectTimeoutMs,
        statementTimeoutMs: to.statementTimeoutMs,
      });
    },
  };
}
