import { setTimeout as pause } from "node:timers/promises";
import { escapeId, escape as literal } from "mysql2";
import type { MysqlConnection } from "../../../src/connect/mysql.ts";
import { markOfText } from "../../../src/engines/mysql/mark.ts";
import type { Session, Stage } from "../conformance/harness.ts";
import type { Flavour } from "./mysql.ts";

type Words = Omit<
  Stage<MysqlConnection>,
  | ("database" | "schema" | "orders" | "common" | "reader")
  | ("door" | "adminSession" | "admin" | "root" | "login")
>;

type Run = (sql: string) => Promise<Record<string, unknown>[]>;

/** What the stories say in words, as SQL of MySQL and MariaDB. */
export function mysqlWords(of: {
  flavour: Flavour;
  schema: string;
  reader: string;
  /** The master's. */
  password: string;
  admin: Run;
  root: Run;
  rootSession(): Promise<Session>;
}): Words {
  const { schema, reader, root } = of;
  const run = async (sql: string): Promise<void> => {
    await root(sql);
  };
  const drop = (name: string) => `DROP USER IF EXISTS ${account(name)}`;
  // As privileges on a whole schema are written down: an underscore would mean any character.
  const whole = `${escapeId(schema.replace("_", "\\_"), true)}.*`;
  return {
    asOwner: async (sql) => {
      await of.admin(sql);
    },
    createLogin: (name, password) =>
      run(`${drop(name)}; CREATE USER ${account(name)} IDENTIFIED BY ${literal(password)};
        GRANT USAGE ON *.* TO ${account(name)}; GRANT SHOW VIEW ON ${whole} TO ${account(name)}`),
    dropLogin: (name) => run(drop(name)),
    lock: (name) => run(`ALTER USER ${account(name)} ACCOUNT LOCK`),
    // On MariaDB only whoever made a role may give it.
    join: async (name) => {
      await of.admin(`GRANT ${reader} TO ${account(name)}`);
    },
    openOrders: (name) => run(`GRANT ALL ON ${schema}.orders TO ${account(name)}`),
    async empower(name) {
      await root(`GRANT CREATE USER ON *.* TO ${account(name)}`);
      return "CREATE USER";
    },
    async createForeign(name, password, label) {
      await root(`CREATE USER ${account(name)} IDENTIFIED BY ${literal(password)} WITH MAX_USER_CONNECTIONS 7;
        GRANT SELECT ON ${whole} TO ${account(name)}`);
      if (label === undefined) return;
      const { queries, updates } = markOfText(label);
      await root(`ALTER USER ${account(name)} WITH MAX_QUERIES_PER_HOUR ${queries} MAX_UPDATES_PER_HOUR ${updates};
        CREATE EVENT dblease.${name} ON SCHEDULE AT NOW() + INTERVAL 1 DAY COMMENT ${literal(label)} DO DO 0`);
    },
    stored: async (name) => [
      await root(`SELECT * FROM mysql.user WHERE User = ${literal(name)}`),
      await root(`SHOW CREATE USER ${account(name)}`),
      await root(`SHOW GRANTS FOR ${account(name)}`),
    ],
    async traces({ username }) {
      for (let looks = 1; ; looks++) {
        const found = await root(traces(of.flavour, username));
        // A login that was refused this moment is listed until its thread has gone.
        if (looks === 5 || !found.some((it) => it.trace === processes)) return found;
        await pause(100);
      }
    },
    disturbReader: () =>
      run(`REVOKE SELECT ON ${whole} FROM ${reader}; GRANT CREATE ON ${whole} TO ${reader};
        GRANT DELETE, UPDATE (customer) ON ${schema}.orders TO ${reader}`),
    privilegeHistory: async () => [
      await root(`SHOW GRANTS FOR ${reader}`),
      await root(`SHOW GLOBAL STATUS WHERE Variable_name RLIKE '^Com_(grant|revoke|create|alter|drop)'`),
    ],
    async createNamed(their, table, column) {
      const [s, t, c] = [their, table, column].map((name) => escapeId(name, true));
      await of.admin(`CREATE DATABASE ${s}; CREATE TABLE ${s}.${t} (${c} int)`);
    },
    dropSchema: (their) => run(`DROP DATABASE ${escapeId(their, true)}`),
    // Nobody can change anything: the grant waits at the making of the account.
    async hold(_username, { grantId }) {
      const blocker = await of.rootSession();
      await blocker.query("FLUSH TABLES WITH READ LOCK");
      return {
        waits: async () =>
          (
            await root(`SELECT 1 AS one FROM information_schema.PROCESSLIST
              WHERE INFO LIKE '/* dblease/${grantId} */%' AND STATE LIKE 'Waiting for%'`)
          ).length > 0,
        async release() {
          await blocker.query("UNLOCK TABLES");
          await blocker.close();
        },
      };
    },
    async createDeputy() {
      await root(`${drop("deputy")}; CREATE USER ${account("deputy")} IDENTIFIED BY ${literal(of.password)}`);
      for (const row of await root("SHOW GRANTS FOR master@'%'")) {
        const [grant] = Object.values(row).map(String);
        // What MariaDB says here about the password goes with the statement, too.
        if (!/jit_managed|dbl_/.test(grant ?? "")) await root((grant ?? "").replace("`master`", "`deputy`"));
      }
      if (of.flavour === "mysql") await root("SET DEFAULT ROLE ALL TO deputy@'%'");
    },
  };
}

const processes = "information_schema.PROCESSLIST";

function account(name: string): string {
  return `${literal(name)}@'%'`;
}

function traces(flavour: Flavour, username: string): string {
  const name = literal(username);
  const roles =
    flavour === "mysql"
      ? [`mysql.role_edges WHERE ${name} IN (FROM_USER, TO_USER)`, `mysql.default_roles WHERE USER = ${name}`]
      : [`mysql.roles_mapping WHERE ${name} IN (User, Role)`, `mysql.global_priv WHERE User = ${name}`];
  const privileges = ["db", "tables_priv", "columns_priv", "procs_priv", "proxies_priv"].map(
    (table) => `mysql.${table} WHERE User = ${name}`,
  );
  return [
    `mysql.user WHERE User = ${name}`,
    `${processes} WHERE USER = ${name}`,
    `information_schema.EVENTS WHERE EVENT_NAME = ${name}`,
    ...roles,
    ...privileges,
  ]
    .map((where) => `SELECT '${where.split(" ")[0]}' AS trace FROM ${where}`)
    .join(" UNION ALL ");
}
