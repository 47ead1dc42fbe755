/** The read-back: what the writer and each other member say now. */
import type { Member } from "../../grant.ts";
import type { MemberReading, Receipt, Residue } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { engineError } from "./errors.ts";
import { type Reading, read } from "./reading.ts";
import { databaseResidue, sessionResidue } from "./residue.ts";
import { type OracleDoor, use } from "./use.ts";

export type ReadBack = Omit<
  Receipt,
  "username" | "userOid" | "fencedAt" | "droppedAt" | "sessionsEnded" | "moved"
>;

/** `reading`: the writer's, of this moment. */
export async function readBack(
  door: OracleDoor,
  user: KnownUser,
  reading: Reading,
  clock: () => Date,
): Promise<ReadBack> {
  const [writer, ...others] = door.members;
  const members: MemberReading[] = writer ? [memberReading(writer, reading, clock)] : [];
  const residue = databaseResidue(user, reading, door.database);
  if (writer) residue.push(...sessionResidue(reading.sessions, writer.id));
  for (const member of others) {
    const answer = await askMember(door, member, user);
    if ("kind" in answer) residue.push(answer);
    else {
      members.push(memberReading(member, answer, clock));
      residue.push(...sessionResidue(answer.sessions, member.id));
    }
  }
  return {
    users: reading.users.length,
    sessions: members.reduce((sum, member) => sum + member.sessions, 0),
    privileges: reading.roles.length + reading.privileges.length + reading.proxies.length,
    objects: reading.objects.length,
    preparedTransactions: reading.prepared.length,
    members,
    residue,
    readBackAt: clock().toISOString(),
  };
}

/** One that cannot be asked: not revoked until it can (dangers 4). */
async function askMember(door: OracleDoor, member: Member, user: KnownUser): Promise<Reading | Residue> {
  try {
    return await use(door, { member, purpose: "revoke" }, (there) => read(there, user));
  } catch (error) {
    return { kind: "unreachable", where: member.id, what: engineError(error, user.username).message };
  }
}

function memberReading({ id, host, port }: Member, seen: Reading, clock: () => Date): MemberReading {
  const sessions = seen.sessions.filter(({ kind }) => kind === "session").length;
  return { member: id, host, port, sessions, readAt: clock().toISOString() };
}
