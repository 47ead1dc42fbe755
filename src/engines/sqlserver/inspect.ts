import type { Receipt } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { engineError, foreignUserError } from "./errors.ts";
import { isForeign, look } from "./look.ts";
import { readBack } from "./read-back.ts";
import { read } from "./reading.ts";
import { type SqlserverDoor, use } from "./use.ts";

/** The read-back alone. `fencedAt` is the time of the reading: nothing was fenced. Throws FOREIGN_USER. */
export async function inspect(door: SqlserverDoor, user: KnownUser, clock: () => Date): Promise<Receipt> {
  try {
    return await use(door, {}, async (connection) => {
      const { databases } = await look(connection, user);
      const reading = await read(connection, user, databases);
      if (isForeign(user, reading)) throw foreignUserError(user.username);
      const found = await readBack(door, user, reading, clock);
      return {
        username: user.username,
        ...(reading.id === undefined ? {} : { userOid: reading.id }),
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
