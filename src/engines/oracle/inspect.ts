import type { Receipt } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { engineError, foreignUserError } from "./errors.ts";
import { ownName } from "./quote.ts";
import { readBack } from "./read-back.ts";
import { isForeign, ours, read } from "./reading.ts";
import { type OracleDoor, use } from "./use.ts";

/** The read-back alone. `fencedAt` is the time of the reading: nothing was fenced. Throws FOREIGN_USER. */
export async function inspect(door: OracleDoor, user: KnownUser, clock: () => Date): Promise<Receipt> {
  try {
    return await use(door, {}, async (connection) => {
      const all = await read(connection, user);
      const name = ownName(user.username);
      if (isForeign(name, all)) throw foreignUserError(user.username);
      // The connection that reads works for this grant as well.
      const reading = { ...all, sessions: all.sessions.filter(({ kind }) => kind === "session") };
      const found = await readBack(door, user, reading, clock);
      const userOid = ours(name, reading)[0]?.id ?? user.userOid;
      return {
        username: user.username,
        ...(userOid === undefined ? {} : { userOid }),
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
