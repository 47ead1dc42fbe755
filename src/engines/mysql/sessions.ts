import type { Member } from "../../grant.ts";
import type { OpenSession } from "../../receipt.ts";
import { engineError } from "./errors.ts";
import { originOf } from "./look.ts";
import { type MysqlDoor, message, use } from "./use.ts";

/** Sessions of users with our kind of name, open on this member now. */
export async function sessions(
  door: MysqlDoor,
  member: Member,
): Promise<readonly (OpenSession & { username: string })[]> {
  const statement = `SELECT ID AS id, HOST AS host, USER AS username FROM information_schema.PROCESSLIST
    WHERE USER REGEXP '^jit_[0-9a-z]{12}$'`;
  try {
    return await use(door, { member }, async (connection) => {
      const [rows = []] = await message(connection, [statement]);
      return rows.map(({ id, host, username }) => ({ ...originOf(Number(id), host), username }));
    });
  } catch (error) {
    throw engineError(error, "sessions");
  }
}
