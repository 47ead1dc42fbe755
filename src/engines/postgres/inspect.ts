import type { Receipt } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { markerText } from "../marker-text.ts";
import { readBack } from "./read-back.ts";
import { read } from "./reading.ts";
import { engineError, foreignUserError } from "./sqlstates.ts";
import { type PostgresDoor, use } from "./use.ts";

/** The read-back alone. `fencedAt` is the time of the reading: nothing was fenced. Throws FOREIGN_USER. */
export async function inspect(door: PostgresDoor, user: KnownUser, clock: () => Date): Promise<Receipt> {
  const known = user.userOid === undefined ? [] : [user.userOid];
  try {
    return await use(door, {}, async (connection) => {
      const reading = await read(connection, user, known);
      if (reading.userOid !== undefined && reading.marker !== markerText(user.marker)) {
        throw foreignUserError(user.username);
      }
      const oids = reading.userOid === undefined ? known : [...new Set([reading.userOid, ...known])];
      const found = await readBack(door, connection, user, oids, clock);
      return {
        username: user.username,
        ...(oids[0] === undefined ? {} : { userOid: oids[0] }),
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
