/** The part of a read-back that is the same in every engine: what each member says. */
import type { DbleaseError } from "../errors.ts";
import type { Member } from "../grant.ts";
import type { MemberReading, Receipt, Residue } from "../receipt.ts";
import type { Door } from "./engine.ts";
import { type Connection, useConnection } from "./use-connection.ts";

export type ReadBack = Omit<
  Receipt,
  "username" | "userOid" | "fencedAt" | "droppedAt" | "sessionsEnded" | "moved"
>;

/** How one member is asked, and what its answer means. */
export interface Asking<C, Reading> {
  ask(there: C): Promise<Reading>;
  sessions(reading: Reading): number;
  residue(reading: Reading, where: string): readonly Residue[];
  inWords(error: unknown): DbleaseError;
}

/** `writer`: its reading, of this moment. A member that cannot be asked: not revoked until it can (dangers 4). */
export async function readMembers<C extends Connection, Reading>(
  door: Door<C>,
  writer: Reading,
  asking: Asking<C, Reading>,
  clock: () => Date,
): Promise<{ members: MemberReading[]; residue: Residue[]; sessions: number }> {
  const said = ({ id, host, port }: Member, reading: Reading) => ({
    members: [{ member: id, host, port, sessions: asking.sessions(reading), readAt: clock().toISOString() }],
    residue: asking.residue(reading, id),
  });
  const answers = await Promise.all(
    door.members.map(async (member, index) => {
      if (index === 0) return said(member, writer);
      try {
        return said(
          member,
          await useConnection(door, { member, purpose: "revoke" }, (there) => asking.ask(there)),
        );
      } catch (error) {
        const what = asking.inWords(error).message;
        return { members: [], residue: [{ kind: "unreachable" as const, where: member.id, what }] };
      }
    }),
  );
  const members = answers.flatMap((it) => it.members);
  return {
    members,
    residue: answers.flatMap((it) => it.residue),
    sessions: members.reduce((sum, member) => sum + member.sessions, 0),
  };
}
