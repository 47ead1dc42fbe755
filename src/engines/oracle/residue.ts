/** Names what is left of a user, each with the statement that finishes it where one is known. */
import type { Residue } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { markerText } from "../marker-text.ts";
import { literal, ownName, quoted, spoken } from "./quote.ts";
import type { OracleSession, OwnedObject, Reading } from "./reading.ts";

/** Data; whatever else somebody owns can run, or makes something run. */
const data = /^(TABLE|INDEX|SEQUENCE|LOB|CLUSTER)( (SUB)?PARTITION)?$/;

/** What `DROP` ends by its kind and name. The rest goes with something that is named as well, or only its owner can drop it. */
const droppable =
  /^(TABLE|INDEX|SEQUENCE|CLUSTER|(MATERIALIZED )?VIEW|PROCEDURE|FUNCTION|(PACKAGE|TYPE)( BODY)?|TRIGGER|SYNONYM|OPERATOR|INDEXTYPE|LIBRARY|DIMENSION|JAVA (SOURCE|CLASS|RESOURCE))$/;

/** What the whole database knows; `where`: the database that was asked. */
export function databaseResidue(user: KnownUser, reading: Reading, where: string): Residue[] {
  const owner = ownName(user.username);
  const from = `FROM ${quoted(owner)}`;
  return [
    ...reading.objects.map((object) => objectResidue(owner, object, where)),
    ...reading.prepared.map((id) => ({
      kind: "prepared_transaction" as const,
      where,
      what: `distributed transaction ${id}`,
      statement: `ROLLBACK FORCE ${literal(id)}`,
    })),
    ...reading.roles.map((role) => ({
      kind: "membership" as const,
      where,
      what: `member of ${spoken(role)}`,
      statement: `REVOKE ${quoted(role)} ${from}`,
    })),
    ...reading.privileges.map((privilege) => ({
      kind: "privilege" as const,
      where,
      what: privilege,
      statement: `REVOKE ${privilege} ${from}`,
    })),
    ...reading.proxies.map(({ proxy, client }) => ({
      kind: "privilege" as const,
      where,
      what: `${spoken(proxy)} may log in as ${spoken(client)}`,
      statement: `ALTER USER ${quoted(client)} REVOKE CONNECT THROUGH ${quoted(proxy)}`,
    })),
    ...reading.users.map(({ name, marked }) => {
      if (name === owner && marked) return { kind: "user" as const, where, what: user.username };
      const what = `${spoken(name)}, which ${marked ? "carries the mark of this grant" : "dblease did not make"}`;
      return { kind: "user" as const, where, what, statement: `DROP USER ${quoted(name)}` };
    }),
    ...thingsOfOurs(user, reading, where),
  ];
}

function objectResidue(owner: string, { type, name, valid, openTo }: OwnedObject, where: string): Residue {
  const notes = [
    ...(valid ? [] : ["invalid"]),
    ...(openTo.length > 0 ? [`open to ${openTo.join(", ")}`] : []),
  ];
  const what = [`${type.toLowerCase()} ${quoted(owner, name)}`, ...notes].join(", ");
  const kind = data.test(type) ? ("object" as const) : ("executable" as const);
  const statement = dropStatement(owner, type, name);
  return { kind, where, what, ...(statement === undefined ? {} : { statement }) };
}

function dropStatement(owner: string, type: string, name: string): string | undefined {
  if (type === "JOB") return dropJob(owner, name);
  if (type === "CREDENTIAL")
    return `BEGIN DBMS_CREDENTIAL.DROP_CREDENTIAL(${literal(quoted(owner, name))}, TRUE); END;`;
  return droppable.test(type) ? `DROP ${type} ${quoted(owner, name)}` : undefined;
}

function dropJob(owner: string, name: string): string {
  return `BEGIN DBMS_SCHEDULER.DROP_JOB(${literal(quoted(owner, name))}, TRUE); END;`;
}

/** While the user is there its job and profile only bound it, and go with it. */
function thingsOfOurs(user: KnownUser, reading: Reading, where: string): Residue[] {
  if (reading.users.length > 0) return [];
  const profile = quoted(markerText(user.marker));
  return [
    ...reading.jobs.map((job) => ({
      kind: "executable" as const,
      where,
      what: `job ${quoted(job.owner, job.name)}`,
      statement: dropJob(job.owner, job.name),
    })),
    ...(reading.hasProfile
      ? [{ kind: "object" as const, where, what: `profile ${profile}`, statement: `DROP PROFILE ${profile}` }]
      : []),
  ];
}

/** Open sessions on one server. */
export function sessionResidue(sessions: readonly OracleSession[], member: string): Residue[] {
  return sessions.map(({ kind, sid, serial }) => ({
    kind: "session",
    where: member,
    what: `${kind === "session" ? "session" : "another admin connection of this grant,"} ${sid},${serial}`,
    statement: `BEGIN rdsadmin.rdsadmin_util.kill(${sid}, ${serial}, 'PROCESS'); END;`,
  }));
}
