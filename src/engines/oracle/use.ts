import type { OracleConnection } from "../../connect/oracle.ts";
import type { Member } from "../../grant.ts";
import type { Door } from "../engine.ts";

export type OracleDoor = Door<OracleConnection>;

/** Opens a connection for one piece of work and ends it, whatever happens. */
export async function use<T>(
  door: OracleDoor,
  target: { member?: Member; purpose?: "revoke" },
  work: (connection: OracleConnection) => Promise<T>,
): Promise<T> {
  const connection = await door.open(target);
  try {
    const done = await work(connection);
    await connection.end();
    return done;
  } catch (error) {
    // A statement that ran out of time may still be at work: a polite end would wait for it.
    connection.destroy();
    throw error;
  }
}
