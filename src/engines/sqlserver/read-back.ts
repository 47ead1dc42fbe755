/** The read-back: what the writer and each other member say now. */
import type { Residue } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { type ReadBack, readMembers } from "../read-back.ts";
import { engineError } from "./errors.ts";
import type { Reading } from "./reading.ts";
import { readReplica } from "./replica.ts";
import { serverResidue, sessionResidue } from "./residue.ts";
import type { SqlserverDoor } from "./use.ts";

/** `reading`: the writer's, of this moment. */
export async function readBack(
  door: SqlserverDoor,
  user: KnownUser,
  reading: Reading,
  clock: () => Date,
): Promise<ReadBack> {
  const { members, residue, sessions } = await readMembers(
    door,
    reading,
    {
      ask: (there) => readReplica(there, user),
      sessions: (seen) => seen.sessions.length,
      residue: (seen, where) => [
        ...(seen === reading
          ? serverResidue(user, seen, door.database, "msdb")
          : serverResidue(user, seen, where)),
        ...sessionResidue(seen, where),
      ],
      inWords: (error) => engineError(error, user.username),
    },
    clock,
  );
  const count = (...kinds: Residue["kind"][]) => residue.filter(({ kind }) => kinds.includes(kind)).length;
  return {
    users: count("user"),
    sessions,
    privileges: count("privilege", "membership"),
    objects: count("object", "executable"),
    // A transaction of SQL Server ends with its session; distributed ones are the coordinator's.
    preparedTransactions: 0,
    members,
    residue,
    readBackAt: clock().toISOString(),
  };
}
