import type { Session } from "../conformance/harness.ts";
import type { Flavour } from "./mysql.ts";

type Cling = (session: Session, orders: string) => Promise<unknown>;

const both: Record<string, Cling> = {
  "an open table handler": async (session, orders) => {
    await session.query(`HANDLER ${orders} OPEN AS held`);
    await session.query("HANDLER held READ FIRST");
  },
  "a snapshot in an open transaction": async (session, orders) => {
    await session.query("START TRANSACTION WITH CONSISTENT SNAPSHOT");
    await session.query(`SELECT * FROM ${orders}`);
  },
  "a prepared statement": async (session, orders) => {
    await session.query(`PREPARE held FROM 'SELECT * FROM ${orders}'`);
    await session.query("EXECUTE held");
  },
  "a statement that sleeps": async (session) => {
    session.query("SELECT SLEEP(600)").catch(() => {});
  },
  "a user lock and an open transaction": async (session, orders) => {
    await session.query("START TRANSACTION");
    await session.query(`SELECT GET_LOCK('seven', 0), count(*) FROM ${orders}`);
  },
};

const ofMariadb: Record<string, Cling> = {
  "a loop that catches every error": async (session, orders) => {
    session
      .query(`BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, SQLWARNING BEGIN END;
        WHILE TRUE DO SELECT count(*) INTO @n FROM ${orders}; DO SLEEP(0.001); END WHILE; END`)
      .catch(() => {});
  },
};

/** What a session can hold on to. */
export function clinging(flavour: Flavour): Record<string, Cling> {
  return flavour === "mariadb" ? { ...both, ...ofMariadb } : both;
}

/** Changes its password and its default roles, to what they are, by all that an account may change of itself. */
export async function meddle(flavour: Flavour, session: Session, password: string): Promise<void> {
  if (flavour === "mariadb") {
    const [row] = await session.query("SELECT CURRENT_ROLE() AS role");
    await session.query(`SET DEFAULT ROLE ${row?.role}`);
    await session.query(`SET PASSWORD = PASSWORD('${password}')`);
  } else {
    await session.query("SET DEFAULT ROLE ALL TO CURRENT_USER()");
    await session.query(`ALTER USER USER() IDENTIFIED BY '${password}'`);
  }
  await session.query("SELECT SLEEP(60)");
}
