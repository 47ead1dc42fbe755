import { codeOf } from "../../connect/login-errors.ts";
import type { PostgresConnection } from "../../connect/postgres.ts";
import { DbleaseError } from "../../errors.ts";
import { makePad, setPassword } from "./hidden-password.ts";
import { theirName } from "./quote.ts";
import { engineError, lacksPrivilege, repeatOnCollision } from "./sqlstates.ts";
import { message } from "./use.ts";

/** Gives an application user another password, over its own connection or an admin's. */
export async function changeUserPassword(
  connection: PostgresConnection,
  username: string,
  password: string,
  randomBytes: (count: number) => Uint8Array,
): Promise<void> {
  try {
    const [[made] = []] = await message(connection, [makePad]);
    const statement = setPassword(username, password, String(made?.pad), randomBytes);
    await repeatOnCollision(connection, () => message(connection, [statement]));
  } catch (error) {
    throw codeOf(error) === lacksPrivilege
      ? lacksAdminOption(connection, username)
      : engineError(error, username);
  }
}

/** From 16 on CREATEROLE is not enough: the admin alters only users that it has ADMIN OPTION on, its own or given. */
export function lacksAdminOption(connection: PostgresConnection, username: string): DbleaseError {
  const admin = connection.user ?? "";
  if (admin === username) {
    return new DbleaseError("ADMIN_LACKS_RIGHTS", `user ${username} may not change its own password`, {
      next: `GRANT rds_password TO ${theirName(username)}: rds.restrict_password_commands is on`,
    });
  }
  const options = connection.serverVersion >= 16 ? "ADMIN TRUE, INHERIT FALSE, SET FALSE" : "ADMIN OPTION";
  return new DbleaseError("ADMIN_LACKS_RIGHTS", `${admin} may not change user ${username}`, {
    next: `as whoever made the user: GRANT ${theirName(username)} TO ${theirName(admin)} WITH ${options}`,
  });
}
