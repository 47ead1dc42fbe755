/** Application users of SQL Server: what rotation asks of them. */
import type { SqlserverConnection } from "../connect/sqlserver.ts";
import type { OnePasswordUsers } from "./application-users.ts";
import { engineError, repeatOn } from "./sqlserver/errors.ts";
import { preparePair } from "./sqlserver/prepare-pair.ts";
import { literal, theirName } from "./sqlserver/quote.ts";
import { message } from "./sqlserver/use.ts";

export const sqlserverUsers: OnePasswordUsers<SqlserverConnection> = {
  passwords: "one",
  longestName: 128,
  /**
   * A hash is taken with CHECK_POLICY = OFF only, and how an application's login is checked is not ours to change: the
   * password itself goes to the server, over verified TLS. The server writes no text of such a statement into a trace or
   * into its log ("SQL Trace", "SQL Server Audit"). Only an admin may leave the old password out.
   */
  async changePassword(connection, username, password) {
    try {
      await repeatOn([], () =>
        message(connection, [`ALTER LOGIN ${theirName(username)} WITH PASSWORD = ${literal(password)}`]),
      );
    } catch (error) {
      throw engineError(error, username);
    }
  },
  preparePair,
  close: (connection) => connection.end(),
};
