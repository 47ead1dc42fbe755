import { createConnection } from "mysql2/promise";
import { mariadbMissing, mariadbVersion, startMariadbServer } from "../../local-stack/mariadb-server.ts";
import { mysqlMissing, startMysqlServer } from "../../local-stack/mysql-server.ts";
import type { MysqlConnection } from "../../src/connect/mysql.ts";
import { mariadbDialect, mysqlDialect } from "../../src/engines/mysql/dialect.ts";
import { literal, ownAccount, ownName } from "../../src/engines/mysql/quote.ts";
import { type MysqlHarness, type MysqlStage, mysqlHarness } from "../../test/engines/harness/mysql.ts";
import { type BenchEngine, numbers } from "./bench-engine.ts";

/** What this machine has of the two; what it lacks is said. */
export function benchMysqlFamily(): BenchEngine<MysqlConnection>[] {
  const found: MysqlHarness[] = [];
  for (const reason of [mysqlMissing, mariadbMissing]) {
    if (reason !== undefined) process.stderr.write(`not measured here: ${reason}\n`);
  }
  if (mysqlMissing === undefined) found.push(mysqlHarness("mysql", "mysql 8.0.15", startMysqlServer));
  if (mariadbMissing === undefined) {
    found.push(mysqlHarness("mariadb", `mariadb ${mariadbVersion()}`, startMariadbServer));
  }
  return found.map(benchMysql);
}

function benchMysql(harness: MysqlHarness): BenchEngine<MysqlConnection> {
  const dialect = harness.flavour === "mysql" ? mysqlDialect : mariadbDialect;
  return {
    harness,
    async makeRoom(stage) {
      await stage.root("SET GLOBAL max_connections = 400");
    },
    // In memory: what is stored is not measured, and ten thousand files would take minutes.
    createTables: (schema, from, to) =>
      numbers(from, to)
        .map((n) => `CREATE TABLE ${schema}.t${n} (id int) ENGINE = MEMORY`)
        .join(";"),
    async bareLogin(stage) {
      const { host, port, ca, adminUsername: user, adminPassword: password } = (stage as MysqlStage).server;
      const login = { host, port, user, password, ssl: { ca } };
      const connection = await createConnection({ ...login, multipleStatements: true });
      return {
        query: (...sent) => connection.query(...(sent as [string])),
        end: () => connection.end(),
      };
    },
    statementsIn: (sent) => harness.split?.([...sent]).statements ?? 1,
    byHand: {
      grant: ({ username, verifier = "", groupRole }) => {
        const account = ownAccount(username);
        return [
          `CREATE USER ${account} ${dialect.identifiedBy(verifier)};
           GRANT ${ownName(groupRole)} TO ${account};
           ${dialect.setDefaultRole(account, ownName(groupRole))}`,
        ];
      },
      revoke: ({ username }) => [
        `ALTER USER ${ownAccount(username)} ACCOUNT LOCK`,
        `SELECT id FROM information_schema.processlist WHERE user = ${literal(username)}`,
        `DROP USER ${ownAccount(username)}`,
        `SELECT COUNT(*) FROM mysql.user WHERE User = ${literal(username)}`,
      ],
    },
    tableEntries: `SELECT CONCAT_WS(':', Host, Db, User, Table_name) AS \`key\`, CONCAT(Timestamp, Table_priv) AS version
      FROM mysql.tables_priv`,
    left: `SELECT (SELECT COUNT(*) FROM mysql.user WHERE User REGEXP '^jit_[0-9a-z]{12}$') AS users,
      (SELECT COUNT(*) FROM information_schema.processlist WHERE User REGEXP '^jit_[0-9a-z]{12}$') AS sessions`,
  };
}
