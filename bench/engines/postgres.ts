import { Client, escapeIdentifier, escapeLiteral } from "pg";
import { startPostgresServer } from "../../local-stack/postgres-server.ts";
import type { PostgresConnection } from "../../src/connect/postgres.ts";
import { type PostgresStage, postgresHarness } from "../../test/engines/harness/postgres.ts";
import { type BareLogin, type BenchEngine, numbers } from "./bench-engine.ts";

export function benchPostgres(): BenchEngine<PostgresConnection> {
  return {
    harness: postgresHarness("postgres 18", (folder) => startPostgresServer({ folder }), {}),
    async makeRoom(stage) {
      await stage.root("ALTER SYSTEM SET max_connections = 400");
      await (stage as PostgresStage).server.start();
    },
    createTables: (schema, from, to) =>
      ["SET ROLE app_owner", ...numbers(from, to).map((n) => `CREATE TABLE ${schema}.t${n} (id int)`)].join(
        ";",
      ),
    async bareLogin(stage) {
      const { host, port, ca, adminUsername, adminPassword } = (stage as PostgresStage).server;
      const { database } = stage;
      const login = { host, port, database, user: adminUsername, password: adminPassword };
      const client = new Client({ ...login, ssl: { ca } });
      await client.connect();
      return client as BareLogin & Client;
    },
    statementsIn: (_sent, answer) => [answer].flat().length,
    byHand: {
      grant: ({ username, verifier, expiresAt, groupRole }) => [
        `CREATE ROLE ${escapeIdentifier(username)} LOGIN PASSWORD ${escapeLiteral(verifier ?? "")} VALID UNTIL ${escapeLiteral(expiresAt)};
         GRANT ${escapeIdentifier(groupRole)} TO ${escapeIdentifier(username)}`,
      ],
      revoke: ({ username }) => [
        `ALTER ROLE ${escapeIdentifier(username)} NOLOGIN`,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ${escapeLiteral(username)}`,
        `DROP ROLE ${escapeIdentifier(username)}`,
        `SELECT count(*) FROM pg_roles WHERE rolname = ${escapeLiteral(username)}`,
      ],
    },
    tableEntries: "SELECT oid::text AS key, xmin::text AS version FROM pg_catalog.pg_class",
    left: `SELECT (SELECT count(*)::int FROM pg_catalog.pg_roles WHERE rolname ~ '^jit_[0-9a-z]{12}$') AS users,
      (SELECT count(*)::int FROM pg_catalog.pg_stat_activity a LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
        WHERE a.backend_type = 'client backend' AND (r.oid IS NULL OR r.rolname ~ '^jit_[0-9a-z]{12}$')) AS sessions`,
  };
}
