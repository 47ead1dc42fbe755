import type { PostgresConnection } from "../../../src/connect/postgres.ts";
import type { Session, Stage } from "../conformance/harness.ts";

type Words = Omit<
  Stage<PostgresConnection>,
  | ("database" | "schema" | "orders" | "common" | "reader")
  | ("door" | "adminSession" | "admin" | "root" | "login")
>;

/** What the stories say in words, as SQL of PostgreSQL. */
export function postgresWords(
  root: (sql: string) => Promise<Record<string, unknown>[]>,
  adminSession: () => Promise<Session>,
  reader: string,
): Words {
  const run = async (sql: string): Promise<void> => {
    await root(sql);
  };
  const drop = (name: string) => `DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN
    DROP OWNED BY ${name}; DROP ROLE ${name}; END IF; END $$`;
  return {
    asOwner: (sql) => run(`SET ROLE app_owner; ${sql}`),
    createLogin: (name, password) => run(`${drop(name)}; CREATE ROLE ${name} LOGIN PASSWORD '${password}'`),
    dropLogin: (name) => run(drop(name)),
    lock: (name) => run(`ALTER ROLE ${name} NOLOGIN PASSWORD NULL`),
    join: (name) => run(`GRANT ${reader} TO ${name}`),
    openOrders: (name) => run(`GRANT USAGE ON SCHEMA app TO ${name}; GRANT ALL ON app.orders TO ${name}`),
    async empower(name) {
      await root(`ALTER ROLE ${name} CREATEROLE`);
      return "CREATEROLE";
    },
    createForeign: (name, password, label) =>
      run(`CREATE ROLE ${name} LOGIN PASSWORD '${password}' CONNECTION LIMIT 7;
        COMMENT ON ROLE ${name} IS ${label === undefined ? "NULL" : `'${label}'`}`),
    stored: (name) => root(`SELECT * FROM pg_authid WHERE rolname = '${name}'`),
    traces: ({ username, userOid = "0" }) => root(traces(username, userOid)),
    disturbReader: () =>
      run(`REVOKE SELECT ON app.orders FROM ${reader}; GRANT CREATE ON SCHEMA app TO ${reader};
        GRANT DELETE ON app.orders TO ${reader}; GRANT UPDATE (customer) ON app.orders TO ${reader}`),
    privilegeHistory: () =>
      root(`SELECT relname, relacl::text, xmin::text FROM pg_class
        WHERE relnamespace = 'app'::regnamespace ORDER BY 1`),
    async createNamed(schema, table, column) {
      const [s, t, c] = [schema, table, column].map(quoted);
      const admin = await adminSession();
      await admin.query(`CREATE SCHEMA ${s}; CREATE TABLE ${s}.${t} (${c} int)`);
      await admin.close();
    },
    dropSchema: (schema) => run(`DROP SCHEMA ${quoted(schema)} CASCADE`),
    // An unfinished user of the same name: the grant waits inside its transaction until it is rolled back.
    async hold(username, { grantId }) {
      const blocker = await adminSession();
      await blocker.query(`BEGIN; CREATE ROLE ${username}`);
      return {
        waits: async () =>
          (
            await root(`SELECT 1 AS one FROM pg_stat_activity
              WHERE application_name = 'dblease/${grantId}' AND wait_event_type = 'Lock'`)
          ).length > 0,
        async release() {
          await blocker.query("ROLLBACK");
          await blocker.close();
        },
      };
    },
    createDeputy: () =>
      run(`${drop("deputy")}; CREATE ROLE deputy LOGIN CREATEROLE;
        UPDATE pg_authid SET rolpassword = (SELECT rolpassword FROM pg_authid WHERE rolname = 'master')
          WHERE rolname = 'deputy';
        GRANT rds_superuser TO deputy`),
  };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function traces(username: string, userOid: string): string {
  return `SELECT rolname::text AS left FROM pg_authid WHERE rolname = '${username}' OR oid = ${userOid}
    UNION ALL SELECT 'session' FROM pg_stat_get_activity(NULL) WHERE usesysid = ${userOid}
    UNION ALL SELECT 'member' FROM pg_auth_members WHERE ${userOid} IN (roleid, member)
    UNION ALL SELECT 'dependency' FROM pg_shdepend WHERE refobjid = ${userOid} AND refclassid = 1260`;
}
