/** The read-back: what the writer and each other member say now. */
import type { KnownUser } from "../engine.ts";
import { type ReadBack, readMembers } from "../read-back.ts";
import type { Dialect } from "./dialect.ts";
import { engineError } from "./errors.ts";
import { look } from "./look.ts";
import type { Reading } from "./reading.ts";
import { serverResidue, sessionResidue } from "./residue.ts";
import type { MysqlDoor } from "./use.ts";

/** `reading`: the writer's, of this moment. */
export async function readBack(
  dialect: Dialect,
  door: MysqlDoor,
  user: KnownUser,
  reading: Reading,
  clock: () => Date,
): Promise<ReadBack> {
  const { members, residue, sessions } = await readMembers(
    door,
    reading,
    {
      ask: (there) => look(dialect, there, user),
      sessions: (seen) => seen.sessions.length,
      residue: sessionResidue,
      inWords: (error) => engineError(error, user.username),
    },
    clock,
  );
  return {
    users: reading.accounts.length,
    sessions,
    privileges: reading.privileges.length + reading.memberships.length,
    objects: reading.definers.length,
    preparedTransactions: reading.prepared.length,
    members,
    residue: [...serverResidue(user, reading, door.database), ...residue],
    readBackAt: clock().toISOString(),
  };
}
