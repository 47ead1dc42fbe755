import type { DbleaseError } from "../errors.ts";
import { check, failed } from "./check.ts";
import type { Check, Door } from "./engine.ts";
import { type Connection, useConnection } from "./use-connection.ts";

/** One line of doctor for each member but the writer. `ping`: anything that the server answers. */
export function memberChecks<C extends Connection>(
  door: Door<C>,
  ping: (there: C) => Promise<unknown>,
  inWords: (error: unknown, member: string) => DbleaseError,
): Promise<Check[]> {
  return Promise.all(
    door.members.slice(1).map(async (member) => {
      const id = `member:${member.id}`;
      try {
        await useConnection(door, { member }, ping);
        return check(id, true, `${member.id} can be reached`);
      } catch (error) {
        return failed(id, inWords(error, member.id));
      }
    }),
  );
}
