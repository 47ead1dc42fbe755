import type { Receipt } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { engineError, foreignUserError } from "./errors.ts";
import { isForeign } from "./look.ts";
import { readBack } from "./read-back.ts";
import { read, untilCommitted } from "./reading.ts";
import { type MysqlDoor, use } from "./use.ts";

/** The read-back alone. `fencedAt` is the time of the reading: nothing was fenced. Throws FOREIGN_USER. */
export async function inspect(
  dialect: Dialect,
  door: MysqlDoor,
  user: KnownUser,
  clock: () => Date,
): Promise<Receipt> {
  try {
    return await use(door, {}, async (connection) => {
      const first = await read(dialect, connection, user);
      const reading = await untilCommitted(dialect, connection, user, first);
      if (isForeign(user, reading)) throw foreignUserError(user.username);
      const found = await readBack(dialect, door, user, reading, clock);
      return {
        username: user.username,
        ...(reading.number === undefined ? {} : { userOid: reading.number }),
        fencedAt: found.readBackAt,
        sessionsEnded: 0,
        moved: [],
        ...found,
      };
    });
  } catch (error) {
    throw engineError(error, user.username);
  }
}
