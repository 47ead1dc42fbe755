/** Names what is left of a user, each with the statement that finishes it where one is known. */
import type { Residue } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { ownsJobs } from "./errors.ts";
import type { Holdings, Owned } from "./holdings.ts";
import { type Look, ours } from "./look.ts";
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
  module: "",
  role: "ROLE",
  assembly: "ASSEMBLY",
};

/** What a person has to look at before anything is dropped: everything that runs, and a role, whose members would stay. */
export function blockers({ owned }: Pick<Holdings, "owned">): readonly Owned[] {
  return owned.filter(({ plain }) => !plain);
}

function ownedResidue(database: string, it: Owned): Residue {
  const name = theirName(...(it.schema === "" ? [it.name] : [it.schema, it.name]));
  const word = drops[it.kind];
  const what = it.schema === "" || it.kind === "schema" ? it.name : `${it.schema}.${it.name}`;
  const kind = it.plain || it.kind === "role" ? "object" : "executable";
  const called =
    { schema: "schema", module: "module that runs as the user," }[it.kind] ?? word?.toLowerCase();
  const statement = word ? `USE ${theirName(database)}; DROP ${word} ${name}` : undefined;
  return {
    kind,
    where: database,
    what: `${called ?? "object"} ${what}`,
    ...(statement === undefined || it.plain ? {} : { statement }),
  };
}

function inDatabase(user: KnownUser, holdings: Holdings): Residue[] {
  const { database: where, users, roles, permissions, owned } = holdings;
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
    ...users.map(({ name, marked }) => ({
      kind: "user" as const,
      where,
      what: marked
        ? name === user.username
          ? `user ${name}`
          : `user ${name}, which belongs to the login`
        : `user ${name}, which dblease did not make`,
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
    ...reading.holdings.flatMap((it) => inDatabase(user, it)),
    ...reading.serverRoles.map((role) => ({
      kind: "membership" as const,
      where,
      what: `member of ${role}`,
      statement: `ALTER SERVER ROLE ${theirName(role)} DROP MEMBER ${login}`,
    })),
    ...reading.serverPermissions.map((permission) => ({
      kind: "privilege" as const,
      where,
      what: `${permission} on the server`,
      statement: `USE [master]; REVOKE ${permission} FROM ${login} CASCADE`,
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
