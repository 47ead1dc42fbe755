import type { Session } from "../conformance/harness.ts";

/** What a session of PostgreSQL can hold on to. */
export const clinging: Record<string, (session: Session, orders: string) => Promise<unknown>> = {
  "an open cursor": async (session, orders) => {
    await session.query("BEGIN");
    await session.query(`DECLARE rows CURSOR FOR SELECT * FROM ${orders}`);
    await session.query("FETCH 1 FROM rows");
  },
  "a temporary table": (session, orders) =>
    session.query(`CREATE TEMP TABLE copy AS SELECT * FROM ${orders}`),
  "a statement that sleeps": async (session) => {
    session.query("SELECT pg_sleep(600)").catch(() => {});
  },
  "a loop that catches every error": async (session, orders) => {
    session
      .query(`DO $$ BEGIN LOOP BEGIN PERFORM count(*) FROM ${orders}; PERFORM pg_sleep(0.001);
        EXCEPTION WHEN OTHERS OR QUERY_CANCELED OR ASSERT_FAILURE THEN NULL; END; END LOOP; END $$`)
      .catch(() => {});
  },
  "its own role in an open transaction": async (session) => {
    await session.query("BEGIN");
    await session.query("ALTER ROLE CURRENT_USER PASSWORD 'mine-now'");
    await session.query("ALTER ROLE CURRENT_USER SET work_mem = '1MB'");
  },
  "an advisory lock and an open transaction": async (session, orders) => {
    await session.query("BEGIN");
    await session.query(`SELECT pg_advisory_lock(7), count(*) FROM ${orders}`);
  },
};

/** Locks the own role again and again, by all that a role may change of itself. */
export async function meddle(session: Session): Promise<void> {
  await session.query("BEGIN; ALTER ROLE CURRENT_USER CONNECTION LIMIT -1").catch(() => {});
  await session.query("ROLLBACK; BEGIN; ALTER ROLE CURRENT_USER SET work_mem = '1MB'");
  await session.query("ROLLBACK; BEGIN; ALTER ROLE CURRENT_USER PASSWORD 'mine-now'");
  await session.query("SELECT pg_sleep(60)");
}
