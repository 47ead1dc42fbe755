/** What pg_stat_activity tells of a session. */
import type { OpenSession } from "../../receipt.ts";

export const sessionColumns = `pid, pg_catalog.host(client_addr) AS address, client_port AS port,
    application_name AS application, backend_start AS started`;

/** The same, and each session is told to end. */
export const endAndTell = `${sessionColumns}, pg_catalog.pg_terminate_backend(pid) AS told`;

interface Row {
  pid: number;
  /** Null for a Unix socket, and where the admin may not see it. */
  address: string | null;
  port: number | null;
  application: string | null;
  started: Date | null;
}

/** `connection` as the server's own log writes it (`%r` and `%p` of log_line_prefix). */
export function sessionsIn(rows: readonly Row[]): OpenSession[] {
  return rows.map(({ pid, address, port, application, started }) => ({
    connection: address === null ? `[local]()[${pid}]` : `${address}(${port})[${pid}]`,
    ...(address === null ? {} : { address }),
    ...(application ? { application } : {}),
    ...(started ? { startedAt: started.toISOString() } : {}),
  }));
}
