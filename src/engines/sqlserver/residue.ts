/** Names what is left of a user, each with the statement that finishes it where one is known. */
import type { Residue } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { ownsJobs } from "./errors.ts";
import type { Holdings } from "./holdings.ts";
import { type Look, ours } from "./look.ts";
import { type Owned, ownerless } from "./owned.ts";
import { literal, theirName } from "./quote.ts";
import type { Reading } from "./reading.ts";

/** What DROP takes, by the kind of object ("sys.objects"). */
const drops: Record<string, string> = {
  P: "PROCEDURE",
  PC: "PROCEDURE",
  X: "PROCEDURE",
  FN: "FUNCTION",
  IF: "FUNCTION",
  TF: "FUNCTION",
  FS: "FUNCTION",
  FT: "FUNCTION",
  AF: "AGGREGATE",
  V: "VIEW",
  TR: "TRIGGER",
  SN: "SYNONYM",
  SQ: "QUEUE",
  role: "ROLE",
  "application role": "APPLICATION ROLE",
  assembly: "ASSEMBLY",
};

/** The statement with which a person who has looked at it ends it. Undefined: the kind alone does not say. */
function ending(kind: string, name: string): string | undefined {
  if (drops[kind]) return `DROP ${drops[kind]} ${name}`;
  if (kind === "database trigger") return `DROP TRIGGER ${name} ON DATABASE`;
  if (kind === "activated queue") return `ALTER QUEUE ${name} WITH ACTIVATION (DROP)`;
  // A key may be what somebody's data is read with.
  return kind in ownerless ? `ALTER AUTHORIZATION ON ${kind.toUpperCase()}::${name} TO [dbo]` : undefined;
}

/** What a person has to look at before anything is dropped: everything that runs, and a role, whose members would stay. */
export function blockers({ owned }: Pick<Holdings, "owned">): readonly Owned[] {
  return owned.filter(({ plain }) => !plain);
}

function ownedResidue(database: string, it: Owned): Residue {
  const name = theirName(...(it.schema === "" ? [it.name] : [it.schema, it.name]));
  const what = it.schema === "" || it.kind === "schema" ? it.name : `${it.schema}.${it.name}`;
  const runs = !it.plain && !it.kind.endsWith("role") && (it.kind === "assembly" || !(it.kind in ownerless));
  // The codes of sys.objects are in capitals.
  const called = drops[it.kind]?.toLowerCase() ?? (/^[A-Z]/.test(it.kind) ? "object" : it.kind);
  const statement = it.plain ? undefined : ending(it.kind, name);
  return {
    kind: runs ? "executable" : "object",
    where: database,
    what: `${called}${it.kind === "module" ? " that runs as the user," : ""} ${what}`,
    ...(statement === undefined ? {} : { statement: `USE ${theirName(database)}; ${statement}` }),
  };
}

function inDatabase(user: KnownUser, holdings: Holdings): Residue[] {
  const { database: where, users, roles, permissions, owned, given } = holdings;
  const use = `USE ${theirName(where)};`;
  return [
    ...owned.map((it) => ownedResidue(where, it)),
    ...roles.map(({ user: member, role }) => ({
      kind: "membership" as const,
      where,
      what: `member of ${role}`,
      statement: `${use} ALTER ROLE ${theirName(role)} DROP MEMBER ${theirName(member)}`,
    })),
    ...permissions.map(({ user: holder, what, revoke }) => ({
      kind: "privilege" as const,
      where,
      what,
      ...(revoke === undefined
        ? {}
        : { statement: `${use} REVOKE ${revoke} FROM ${theirName(holder)} CASCADE` }),
    })),
    ...[...given.permissions, ...given.denials].map((it) => ({
      kind: "privilege" as const,
      where,
      what: `${it.what} that the user ${given.denials.includes(it) ? "denied" : "gave"} to ${it.grantee}`,
      ...(it.revoke === undefined
        ? {}
        : {
            statement: `${use} REVOKE ${it.revoke} FROM ${theirName(it.grantee)} CASCADE AS ${theirName(it.user)}`,
          }),
    })),
    ...users.map(({ name, marked }) => ({
      kind: "user" as const,
      where,
      what: marked
        ? name === user.username
          ? `user ${name}`
          : `user ${name}, which belongs to the login`
        : name === user.username
          ? `user ${name}, which dblease did not make`
          : `user ${name}, which has the note of this grant and another login`,
      ...(marked ? {} : { statement: `${use} DROP USER ${theirName(name)}` }),
    })),
  ];
}

/** What one server process knows. `where`: the database or the member that was asked. */
export function serverResidue(
  user: KnownUser,
  reading: Reading,
  where: string,
  jobsAt: string = where,
): Residue[] {
  const login = theirName(ours(reading)?.name ?? user.username);
  const users = new Set(
    reading.holdings.flatMap((it) => it.users.filter(({ marked }) => marked).map(({ name }) => name)),
  );
  return [
    ...reading.jobs.map(({ name, enabled }) => ({
      kind: "executable" as const,
      where: jobsAt,
      what: `job ${name}, which ${enabled ? "goes on" : "is disabled"}`,
      statement: `EXEC msdb.dbo.sp_delete_job @job_name = ${literal(name)}`,
    })),
    ...reading.ownedDatabases.map((name) => ({
      kind: "object" as const,
      where,
      what: `database ${name}`,
      statement: `ALTER AUTHORIZATION ON DATABASE::${theirName(name)} TO [sa]`,
    })),
    ...reading.serverThings.map(({ kind, name }) => ({
      kind: kind === "server trigger" ? ("executable" as const) : ("object" as const),
      where,
      what: `${kind} ${name}`,
      statement:
        kind === "server trigger"
          ? `DROP TRIGGER ${theirName(name)} ON ALL SERVER`
          : `USE [master]; ALTER AUTHORIZATION ON ${kind.toUpperCase()}::${theirName(name)} TO [sa]`,
    })),
    ...reading.holdings.flatMap((it) => inDatabase(user, it)),
    ...reading.serverRoles.map((role) => ({
      kind: "membership" as const,
      where,
      what: `member of ${role}`,
      statement: `ALTER SERVER ROLE ${theirName(role)} DROP MEMBER ${login}`,
    })),
    ...reading.serverPermissions.map(({ what, revoke }) => ({
      kind: "privilege" as const,
      where,
      what,
      ...(revoke === undefined ? {} : { statement: `USE [master]; REVOKE ${revoke} FROM ${login} CASCADE` }),
    })),
    // One entry for login and user of the same grant: they come and go together.
    ...reading.logins
      .filter(({ name, marked }) => !(marked && users.has(name)))
      .map(({ name, marked }) => ({
        kind: "user" as const,
        where,
        what: marked
          ? name === user.username
            ? `login ${name}`
            : `login ${name}, which carries the mark of this grant`
          : `login ${name}, which dblease did not make`,
        ...(marked && name === user.username ? {} : { statement: `DROP LOGIN ${theirName(name)}` }),
      })),
  ];
}

/** What the drop met that no reading shows, by the server's number. */
export function refusedResidue(number: number, where: string): Residue {
  const what =
    number === ownsJobs
      ? "a job that the admin does not see; dblease doctor names the GRANT that shows it"
      : "something for which the server refuses the drop";
  return { kind: "object", where, what: `${what} (${number})` };
}

/** Open sessions on one server process. */
export function sessionResidue(seen: Pick<Look, "sessions" | "admins">, where: string): Residue[] {
  const one = (what: string, id: number): Residue => ({
    kind: "session",
    where,
    what: `${what} ${id}`,
    statement: `KILL ${id}`,
  });
  return [
    ...seen.sessions.map((id) => one("session", id)),
    ...seen.admins.map((id) => one("another admin session of this grant,", id)),
  ];
}
