/** Ends the user's sessions on the writer and on every other member, and says whether all of them are silent. */
import type { PostgresConnection } from "../../connect/postgres.ts";
import type { OpenSession, Residue } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { type Silence, untilQuiet } from "./end-sessions.ts";
import type { Reading } from "./reading.ts";
import { slowLoginResidue } from "./residue.ts";
import { type PostgresDoor, use } from "./use.ts";

export interface Quiet {
  /** Every member has no session of the user, and knows of the fence. */
  everywhere: boolean;
  /** Sessions told to end; the fence has told those on the writer already. */
  ended: { onWriter: readonly OpenSession[]; elsewhere: readonly OpenSession[] };
  /** The writer's. */
  reading: Reading;
  /** Logins that may be the user's and have not finished. */
  residue: readonly Residue[];
}

export async function quieten(
  door: PostgresDoor,
  connection: PostgresConnection,
  user: KnownUser,
  oids: readonly string[],
): Promise<Quiet> {
  const writer = await untilQuiet(connection, user, oids);
  const others = await Promise.all(
    door.members
      .slice(1)
      .map((member) =>
        use(door, { member, purpose: "revoke" }, (there) => untilQuiet(there, user, oids)).catch(
          (): Silence | undefined => undefined,
        ),
      ),
  );
  const all = [writer, ...others];
  return {
    everywhere: all.every((answer) => answer?.quiet),
    ended: { onWriter: writer.ended, elsewhere: others.flatMap((answer) => answer?.ended ?? []) },
    reading: writer.reading,
    residue: all.flatMap((answer, index) =>
      (answer?.slow ?? []).map((pid) => slowLoginResidue(pid, door.members[index]?.id ?? door.database)),
    ),
  };
}
