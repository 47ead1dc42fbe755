/** The way to every server process of one MySQL or MariaDB database, for the engine adapter. */
import type { Door } from "../engines/engine.ts";
import type { GrantId, Member } from "../grant.ts";
import { type MysqlConnection, type MysqlLogin, openMysql } from "./mysql.ts";
import { tag } from "./tag.ts";

export interface MysqlDoorway extends Pick<MysqlLogin, "connectTimeoutMs" | "statementTimeoutMs"> {
  /** The writer first; at least one. */
  members: readonly Member[];
  /** Default schema of those who are granted access; the admin chooses none. */
  database: string;
  /** A token is signed for one server, so that it is asked for at each login. */
  credentials: AdminLogin | ((member: Member) => Promise<AdminLogin>);
  /** Absent: TLS with the runtime's authorities. */
  tls?: MysqlLogin["tls"];
  /** Absent: an action that belongs to no grant (prepare, list, doctor). */
  grantId?: GrantId;
}

type AdminLogin = Pick<MysqlLogin, "username" | "password" | "byIam">;

/** Opens nothing by itself; each `open` is one login and throws what openMysql throws. */
export function mysqlDoor(to: MysqlDoorway): Door<MysqlConnection> {
  const [writer] = to.members;
  if (!writer) throw new RangeError("a database has at least one member");
  return {
    members: to.members,
    database: to.database,
    async open({ member = writer, purpose } = {}) {
      const { credentials } = to;
      return openMysql({
        host: member.host,
        port: member.port,
        ...(typeof credentials === "function" ? await credentials(member) : credentials),
        tls: to.tls ?? {},
        applicationName: tag(to.grantId, purpose),
        connectTimeoutMs: to.connectTimeoutMs,
        statementTimeoutMs: to.statementTimeoutMs,
      });
    },
  };
}
