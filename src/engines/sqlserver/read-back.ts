/** The read-back: what the writer and each other member say now. */
import type { Member } from "../../grant.ts";
import type { MemberReading, Receipt, Residue } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { engineError } from "./errors.ts";
import { type Look, look } from "./look.ts";
import type { Reading } from "./reading.ts";
import { serverResidue, sessionResidue } from "./residue.ts";
import { type SqlserverDoor, use } from "./use.ts";

export type ReadBack = Omit<
  Receipt,
  "username" | "userOid" | "fencedAt" | "droppedAt" | "sessionsEnded" | "moved"
>;

/** `reading`: the writer's, of this moment. */
export async function readBack(
  door: SqlserverDoor,
  user: KnownUser,
  reading: Reading,
  clock: () => Date,
): Promise<ReadBack> {
  const [writer, ...others] = door.members;
  const members: MemberReading[] = writer ? [memberReading(writer, reading, clock)] : [];
  const residue = serverResidue(user, reading, door.database);
  if (writer) residue.push(...sessionResidue(reading, writer.id));
  for (const member of others) {
    const answer = await askMember(door, member, user);
    if ("kind" in answer) residue.push(answer);
    else {
      members.push(memberReading(member, answer, clock));
      residue.push(...sessionResidue(answer, member.id));
    }
  }
  const { holdings } = reading;
  const sum = (count: (it: (typeof holdings)[number]) => number) =>
    holdings.reduce((total, it) => total + count(it), 0);
  return {
    users: residue.filter(({ kind }) => kind === "user").length,
    sessions: members.reduce((total, member) => total + member.sessions, 0),
    privileges:
      reading.serverRoles.length +
      reading.serverPermissions.length +
      sum((it) => it.roles.length + it.permissions.length),
    objects: reading.jobs.length + reading.ownedDatabases.length + sum((it) => it.owned.length),
    // A transaction of SQL Server ends with its session; distributed ones are the coordinator's.
    preparedTransactions: 0,
    members,
    residue,
    readBackAt: clock().toISOString(),
  };
}

/** One that cannot be asked: not revoked until it can (dangers 4). */
async function askMember(door: SqlserverDoor, member: Member, user: KnownUser): Promise<Look | Residue> {
  try {
    return await use(door, { member, purpose: "revoke" }, (there) => look(there, user));
  } catch (error) {
    return { kind: "unreachable", where: member.id, what: engineError(error, user.username).message };
  }
}

function memberReading({ id, host, port }: Member, seen: Look, clock: () => Date): MemberReading {
  return { member: id, host, port, sessions: seen.sessions.length, readAt: clock().toISOString() };
}
