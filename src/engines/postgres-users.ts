/** Application users of PostgreSQL: what rotation asks of them. */
import type { PostgresConnection } from "../connect/postgres.ts";
import type { OnePasswordUsers } from "./application-users.ts";
import { changeUserPassword } from "./postgres/change-user-password.ts";
import { preparePair } from "./postgres/prepare-pair.ts";

export const postgresUsers: OnePasswordUsers<PostgresConnection> = {
  passwords: "one",
  // NAMEDATALEN - 1: longer names are cut without a word.
  longestName: 63,
  changePassword: changeUserPassword,
  preparePair,
  async close(connection) {
    // A dead socket cannot be said goodbye to.
    await connection.end().catch(() => {});
  },
};
