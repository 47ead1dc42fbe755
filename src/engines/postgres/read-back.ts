/** The read-back: what the server, each of its members and each database with something of the user say now. */
import type { PostgresConnection } from "../../connect/postgres.ts";
import type { Member } from "../../grant.ts";
import type { MemberReading, Receipt, Residue } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { held } from "./held.ts";
import { owned } from "./owned.ts";
import { type Reading, read } from "./reading.ts";
import { databaseResidue, serverResidue, sessionResidue, unreachable } from "./residue.ts";
import { engineError } from "./sqlstates.ts";
import { type PostgresDoor, use } from "./use.ts";

export type ReadBack = Pick<
  Receipt,
  | "users"
  | "sessions"
  | "privileges"
  | "objects"
  | "preparedTransactions"
  | "members"
  | "residue"
  | "readBackAt"
>;

/** `connection`: to the writer and the grant's database. One round trip where nothing is left and no replica exists. */
export async function readBack(
  door: PostgresDoor,
  connection: PostgresConnection,
  user: KnownUser,
  oids: readonly string[],
  clock: () => Date,
): Promise<ReadBack> {
  const reading = await read(connection, user, oids);
  const [writer, ...others] = door.members;
  const members: MemberReading[] = writer ? [memberReading(writer, reading, clock)] : [];
  const residue: Residue[] = [];
  for (const database of databasesOf(door, reading)) {
    residue.push(...(await describe(door, connection, user, database, oids)));
  }
  residue.push(...serverResidue(user.username, reading, door.database));
  if (writer) residue.push(...sessionResidue(reading, writer.id));
  for (const member of others) {
    const answer = await askMember(door, member, user, oids);
    if ("kind" in answer) residue.push(answer);
    else {
      members.push(memberReading(member, answer, clock));
      residue.push(...sessionResidue(answer, member.id));
    }
  }
  const ownedCount = reading.dependencies.filter((dependency) => dependency.owned).length;
  return {
    users: reading.userOid === undefined ? 0 : 1,
    sessions: members.reduce((sum, member) => sum + member.sessions, 0),
    privileges: reading.dependencies.length - ownedCount + reading.memberships.length,
    objects: ownedCount,
    preparedTransactions: reading.prepared.length,
    members,
    residue,
    readBackAt: clock().toISOString(),
  };
}

/** Databases in which something names the user; what all databases share is asked where we are. */
export function databasesOf(door: PostgresDoor, reading: Reading): string[] {
  return [...new Set(reading.dependencies.map((dependency) => dependency.database ?? door.database))];
}

async function describe(
  door: PostgresDoor,
  connection: PostgresConnection,
  user: KnownUser,
  database: string,
  oids: readonly string[],
): Promise<Residue[]> {
  const ask = async (there: PostgresConnection): Promise<Residue[]> => {
    const found: Residue[] = [];
    for (const userOid of oids) {
      const objects = await owned(there, userOid);
      found.push(...databaseResidue(database, objects, await held(there, user.username, userOid)));
    }
    return found;
  };
  if (database === door.database) return ask(connection);
  try {
    return await use(door, { database, purpose: "revoke" }, ask);
  } catch (error) {
    return [unreachable(database, engineError(error, user.username).message)];
  }
}

async function askMember(
  door: PostgresDoor,
  member: Member,
  user: KnownUser,
  oids: readonly string[],
): Promise<Reading | Residue> {
  try {
    return await use(door, { member, purpose: "revoke" }, (there) => read(there, user, oids));
  } catch (error) {
    return unreachable(member.id, engineError(error, user.username).message);
  }
}

function memberReading(member: Member, reading: Reading, clock: () => Date): MemberReading {
  const { id, host, port } = member;
  return { member: id, host, port, sessions: reading.pids.length, readAt: clock().toISOString() };
}
