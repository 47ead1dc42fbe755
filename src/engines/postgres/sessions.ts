import type { Member } from "../../grant.ts";
import type { OpenSession } from "../../receipt.ts";
import { sessionColumns, sessionsIn } from "./session-columns.ts";
import { engineError } from "./sqlstates.ts";
import { message, type PostgresDoor, use } from "./use.ts";

/** Sessions of users with our kind of name, open on this member now. */
export async function sessions(
  door: PostgresDoor,
  member: Member,
): Promise<readonly (OpenSession & { username: string })[]> {
  const statement = `SELECT usename AS username, ${sessionColumns} FROM pg_catalog.pg_stat_activity
    WHERE usename OPERATOR(pg_catalog.~) '^jit_[0-9a-z]{12}$'`;
  try {
    return await use(door, { member }, async (connection) => {
      const [rows = []] = await message(connection, [statement]);
      return sessionsIn(rows as never[]).map((it, index) => ({ ...it, username: rows[index].username }));
    });
  } catch (error) {
    throw engineError(error, "sessions");
  }
}
