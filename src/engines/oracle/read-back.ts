/** The read-back: what the writer and each other member say now. */
import type { KnownUser } from "../engine.ts";
import { type ReadBack, readMembers } from "../read-back.ts";
import { engineError } from "./errors.ts";
import { type Reading, read } from "./reading.ts";
import { databaseResidue, sessionResidue } from "./residue.ts";
import type { OracleDoor } from "./use.ts";

/** `reading`: the writer's, of this moment. */
export async function readBack(
  door: OracleDoor,
  user: KnownUser,
  reading: Reading,
  clock: () => Date,
): Promise<ReadBack> {
  const { members, residue, sessions } = await readMembers(
    door,
    reading,
    {
      ask: (there) => read(there, user),
      sessions: (seen) => seen.sessions.filter(({ kind }) => kind === "session").length,
      residue: (seen, where) => sessionResidue(seen.sessions, where),
      inWords: (error) => engineError(error, user.username),
    },
    clock,
  );
  return {
    users: reading.users.length,
    sessions,
    privileges: reading.roles.length + reading.privileges.length + reading.proxies.length,
    objects: reading.objects.length,
    preparedTransactions: reading.prepared.length,
    members,
    residue: [...databaseResidue(user, reading, door.database), ...residue],
    readBackAt: clock().toISOString(),
  };
}
