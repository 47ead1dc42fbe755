/** The way to every server process of one database, for the engine adapter; how one login is made, each engine says. */
import type { Door } from "../engines/engine.ts";
import type { GrantId, Member } from "../grant.ts";
import { tag } from "./tag.ts";

export interface Doorway<Credentials, Plain = never> {
  /** The writer first; at least one. */
  members: readonly Member[];
  /** Database inside the server for which access is granted. */
  database: string;
  /** A token is signed for one server, so that it is asked for at each login. */
  credentials: Credentials | ((member: Member) => Promise<Credentials>);
  /** Absent: TLS with the runtime's authorities; `Plain` is what an engine takes for no TLS at all. */
  tls?: { ca?: string } | Plain;
  /** Absent: an action that belongs to no grant (prepare, list, doctor). */
  grantId?: GrantId;
  connectTimeoutMs: number;
  statementTimeoutMs: number;
}

/** Where one login goes, and as whose work. */
interface Way<Plain> {
  host: string;
  port: number;
  database: string;
  tls: { ca?: string } | Plain;
  applicationName: string;
  connectTimeoutMs: number;
  statementTimeoutMs: number;
}

/** Opens nothing by itself; each `open` is one login and throws what `login` throws. */
export function doorOf<Connection, Credentials extends object, Plain = never>(
  to: Doorway<Credentials, Plain>,
  login: (way: Way<Plain> & Credentials) => Promise<Connection>,
): Door<Connection> {
  const [writer] = to.members;
  if (!writer) throw new RangeError("a database has at least one member");
  return {
    members: to.members,
    database: to.database,
    async open({ database = to.database, member = writer, purpose } = {}) {
      const { credentials, connectTimeoutMs, statementTimeoutMs } = to;
      const { host, port } = member;
      const as = typeof credentials === "function" ? await credentials(member) : credentials;
      const applicationName = tag(to.grantId, purpose);
      return login({
        ...as,
        ...{ host, port, database, applicationName, connectTimeoutMs, statementTimeoutMs },
        tls: to.tls ?? {},
      });
    },
  };
}
