/**
 * mssql reaches a server through a pool, which opens a connection to see whether it can, throws it away, opens another,
 * and another in place of one that died. An admin connection is one session from login to end: its settings and its
 * database hold for every statement, and a session that was killed is an error, never a fresh session in disguise.
 */
import mssql, { type ConnectionPool, type config } from "mssql";
import type { Connection as Wire } from "tedious";

/** What mssql's pool asks of its driver; not in its types. */
interface Pooled {
  _poolCreate(): Promise<Wire>;
  _poolDestroy(wire: Wire): Promise<void>;
}

export interface OneWire {
  pool: ConnectionPool;
  /** Closes the socket at once, whatever is going on. */
  destroy(): void;
}

/** A pool that logs in once. `lost`: what a statement after the end of the session is refused with. */
export function oneWire(to: config, lost: () => Error): OneWire {
  const pool = new mssql.ConnectionPool({
    ...to,
    pool: { min: 0, max: 1, idleTimeoutMillis: 86_400_000 },
    validateConnection: "socket",
    beforeConnect: (it) => {
      wire = it;
    },
  });
  let wire: Wire | undefined;
  let ready: Wire | undefined;
  let trial = true;
  const pooled = pool as unknown as Pooled;
  const create = pooled._poolCreate.bind(pool);
  const destroy = pooled._poolDestroy.bind(pool);
  pooled._poolCreate = async () => {
    if (wire === undefined) {
      ready = await create();
      return ready;
    }
    const kept = ready;
    ready = undefined;
    if (kept === undefined || kept.closed) throw lost();
    return kept;
  };
  pooled._poolDestroy = async (it) => {
    if (!trial) return destroy(it);
    trial = false;
  };
  // Unheard, it would end the process; the next statement reports it.
  pool.on("error", () => {});
  return { pool, destroy: () => wire?.close() };
}
