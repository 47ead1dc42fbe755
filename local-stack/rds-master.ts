import type { ClientConfig } from "pg";
import { Client, escapeIdentifier, escapeLiteral } from "pg";

/**
 * The roles that RDS makes in every new PostgreSQL instance, and a master user as RDS makes it: it may create roles
 * and databases, and it is never a superuser. A superuser as admin would hide every missing privilege from the tests.
 */
export async function createRdsMaster(
  superuser: ClientConfig,
  master: string,
  password: string,
): Promise<void> {
  const client = new Client(superuser);
  await client.connect();
  try {
    await client.query(`
      CREATE ROLE rds_superuser NOLOGIN;
      CREATE ROLE rds_iam NOLOGIN;
      CREATE ROLE rds_password NOLOGIN;
      CREATE ROLE rds_replication NOLOGIN;
      GRANT pg_monitor, pg_signal_backend, pg_checkpoint, rds_replication, rds_password
        TO rds_superuser WITH ADMIN OPTION;
      DO $$ BEGIN
        IF pg_catalog.current_setting('server_version_num')::int >= 160000 THEN
          GRANT pg_use_reserved_connections TO rds_superuser WITH ADMIN OPTION;
        END IF;
      END $$;
      CREATE ROLE ${escapeIdentifier(master)} LOGIN CREATEROLE CREATEDB PASSWORD ${escapeLiteral(password)};
      GRANT rds_superuser, rds_iam TO ${escapeIdentifier(master)} WITH ADMIN OPTION;
    `);
  } finally {
    await client.end();
  }
}
