/** Names what is left of a user, each with the statement that finishes it where one is known. */
import type { Residue } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { eventName } from "./event.ts";
import type { Look } from "./look.ts";
import { accountName, theirName } from "./quote.ts";
import type { Reading } from "./reading.ts";

/** What the whole server knows; `where`: the database that was asked. */
export function serverResidue(user: KnownUser, reading: Reading, where: string): Residue[] {
  const at = (host: string) => accountName(user.username, host);
  return [
    ...reading.definers.map((definer) => ({ kind: "executable" as const, where, ...definer })),
    ...reading.prepared.map(({ xid, statement }) => ({
      kind: "prepared_transaction" as const,
      where,
      what: `prepared transaction ${xid}; the server does not say whose`,
      statement,
    })),
    ...reading.memberships.map(({ role, host }) => ({
      kind: "membership" as const,
      where,
      what: `member of ${role}`,
      statement: `REVOKE ${theirName(role)} FROM ${at(host)}`,
    })),
    ...reading.privileges.map(({ what, host }) => ({
      kind: "privilege" as const,
      where,
      what,
      statement: `REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${at(host)}`,
    })),
    ...reading.accounts.map((account) => ({
      kind: "user" as const,
      where,
      what: accountText(user, account),
      ...(account.user === user.username && account.marked
        ? {}
        : { statement: `DROP USER ${accountName(account.user, account.host)}` }),
    })),
    ...eventResidue(user, reading, where),
  ];
}

function accountText(user: KnownUser, { user: name, host, marked }: Look["accounts"][number]): string {
  if (!marked) return `${name}@${host}, which dblease did not make`;
  if (name !== user.username) return `${name}@${host}, which carries the mark of this grant`;
  return host === "%" ? name : `${name}@${host}`;
}

/** While the account is there its event only locks it, and goes with it. */
function eventResidue(user: KnownUser, reading: Reading, where: string): Residue[] {
  if (!reading.hasEvent || reading.accounts.length > 0) return [];
  const name = eventName(user.username);
  return [{ kind: "executable", where, what: `event ${name}`, statement: `DROP EVENT ${name}` }];
}

/** Open sessions on one server process. */
export function sessionResidue(look: Look, member: string): Residue[] {
  return [
    ...look.sessions.map((id) => threadResidue(`session ${id}`, id, member)),
    ...look.admins.map((id) => threadResidue(`another admin connection of this grant, ${id}`, id, member)),
  ];
}

/** A login that began before the account was locked; it has been told to end. */
export function slowLoginResidue(id: number, member: string): Residue {
  return threadResidue(`login ${id}, which began before the fence and has not finished`, id, member);
}

function threadResidue(what: string, id: number, where: string): Residue {
  return { kind: "session", where, what, statement: `CALL mysql.rds_kill(${id})` };
}
