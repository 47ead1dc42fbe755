/** Names what is left of a user, each with the statement that finishes it where one is known. */
import type { Residue } from "../../receipt.ts";
import type { HeldPrivilege } from "./held.ts";
import type { OwnedObject } from "./owned.ts";
import { literal, ownName, theirName } from "./quote.ts";
import type { Reading } from "./reading.ts";
import { graveyardRole } from "./standing-roles.ts";

/** What is known to the whole server; `where`: the database that was asked. */
export function serverResidue(username: string, reading: Reading, where: string): Residue[] {
  const name = ownName(username);
  return [
    ...reading.prepared.map(({ gid, database }) => ({
      kind: "prepared_transaction" as const,
      where: database,
      what: `prepared transaction ${gid}`,
      statement: `SET ROLE ${name}; ROLLBACK PREPARED ${literal(gid)}; RESET ROLE`,
    })),
    ...reading.memberships.map((role) => ({
      kind: "membership" as const,
      where,
      what: `member of ${role}`,
      statement: `REVOKE ${theirName(role)} FROM ${name}`,
    })),
    ...(reading.userOid === undefined ? [] : [{ kind: "user" as const, where, what: username }]),
  ];
}

/** Open sessions on one server process. */
export function sessionResidue(reading: Reading, member: string): Residue[] {
  const sessions = reading.pids.map((pid) => ({
    kind: "session" as const,
    where: member,
    what: `session ${pid}`,
    statement: `SELECT pg_terminate_backend(${pid})`,
  }));
  const admin = { kind: "session" as const, where: member, what: "another admin connection of this grant" };
  return reading.admins === 0 ? sessions : [...sessions, admin];
}

/** A login that began before the fence; it has been told to end, and serves nothing when it wakes. */
export function slowLoginResidue(pid: number, member: string): Residue {
  return {
    kind: "session",
    where: member,
    what: `login ${pid}, which began before the fence and has not finished`,
    statement: `SELECT pg_terminate_backend(${pid})`,
  };
}

/** What the user owns and holds in one database; default privileges are never an obstacle. */
export function databaseResidue(
  database: string,
  objects: readonly OwnedObject[],
  privileges: readonly HeldPrivilege[],
): Residue[] {
  return [
    ...objects
      .filter((object) => object.kind !== "default acl")
      .map((object) => objectResidue(object, database)),
    ...privileges.map((privilege) => ({ kind: "privilege" as const, where: database, ...privilege })),
  ];
}

function objectResidue({ kind, name, blocker }: OwnedObject, where: string): Residue {
  if (blocker) return { where, ...blocker };
  const keyword =
    { "partitioned table": "TABLE", "statistics object": "STATISTICS" }[kind] ?? kind.toUpperCase();
  return {
    kind: "object",
    where,
    what: `${kind} ${name}`,
    statement: `ALTER ${keyword} ${name} OWNER TO ${ownName(graveyardRole)}`,
  };
}

/** Something that could not be asked: not revoked until it can (dangers 4). */
export function unreachable(where: string, what: string): Residue {
  return { kind: "unreachable", where, what };
}
