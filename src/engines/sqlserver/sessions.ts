import type { Member } from "../../grant.ts";
import type { OpenSession } from "../../receipt.ts";
import { engineError } from "./errors.ts";
import { originOf } from "./look.ts";
import { message, type SqlserverDoor, use } from "./use.ts";

/** Open sessions of logins with our kind of name, on one member. */
export async function sessions(
  door: SqlserverDoor,
  member: Member,
): Promise<readonly (OpenSession & { username: string })[]> {
  try {
    const [rows = []] = await use(door, { member }, (connection) =>
      message(connection, [
        `SELECT s.original_login_name AS username, s.session_id AS id, c.client_net_address AS address,
            s.program_name AS application, s.login_time AS started
          FROM sys.dm_exec_sessions s LEFT JOIN sys.dm_exec_connections c ON c.session_id = s.session_id
          WHERE LEFT(s.original_login_name, 4) = N'jit_' AND LEN(s.original_login_name) = 16`,
      ]),
    );
    return rows.map((row) => ({ username: String(row.username), ...originOf(row) }));
  } catch (error) {
    throw engineError(error, "sessions");
  }
}
