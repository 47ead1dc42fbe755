/** The end of a user's sessions on every server process, in whatever engine. */
import type { OpenSession } from "../receipt.ts";
import type { Door } from "./engine.ts";
import { type Connection, useConnection } from "./use-connection.ts";

/** What is known of one server process after everybody was told to go. */
export interface Silence {
  /** Sessions that were told to end. */
  ended: readonly OpenSession[];
  /** No session of the user is left, and nobody can open one. */
  quiet: boolean;
}

export interface Quiet<Known extends Silence> {
  /** Every member was asked, and is quiet. */
  everywhere: boolean;
  /** By member, the writer first; undefined: it could not be asked. */
  members: readonly (Known | undefined)[];
  writer: Known;
  /** Sessions that were told to end on other members. */
  elsewhere: readonly OpenSession[];
}

/** `here`: what is done on the writer; `there`: on each other member, over a connection of its own. */
export async function quieten<C extends Connection, Known extends Silence>(
  door: Door<C>,
  here: () => Promise<Known>,
  there: (connection: C) => Promise<Known>,
): Promise<Quiet<Known>> {
  const [writer, ...others] = await Promise.all([
    here(),
    ...door.members
      .slice(1)
      .map((member) =>
        useConnection(door, { member, purpose: "revoke" }, there).catch((): Known | undefined => undefined),
      ),
  ]);
  const members = [writer, ...others];
  return {
    everywhere: members.every((it) => it?.quiet),
    members,
    writer,
    elsewhere: others.flatMap((it) => it?.ended ?? []),
  };
}
