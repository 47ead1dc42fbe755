/** Sessions from what was noted of them, in whatever order and however often it came: pure. */
import type { Grant, Instant } from "../grant.ts";
import type { SessionNote } from "./session-note.ts";

/** `revoke`: dblease ended it, at the end of its grant. `server`: an administrator or a time-out did. */
export type SessionEnd = "revoke" | "server" | "client";

export interface Session {
  connection: string;
  /** Absent where only its end was noted. */
  startedAt?: Instant;
  endedAt?: Instant;
  endedBy?: SessionEnd;
  /** When it was last seen open, where nobody noted its end. */
  seenAt?: Instant;
  address?: string;
  application?: string;
  tls?: boolean;
}

/** What says how a session of this grant can have ended. */
type Ended = Pick<Grant, "end"> & { database: Pick<Grant["database"], "engine"> };

/** Logs tell whole seconds. */
const blurMs = 1_000;

function isLate(at: Instant, grant: Ended): boolean {
  return grant.end !== undefined && Date.parse(at) >= Date.parse(grant.end.at) - blurMs;
}

function first<Name extends keyof SessionNote>(
  notes: readonly SessionNote[],
  name: Name,
): SessionNote[Name] | undefined {
  return notes.find((it) => it[name] !== undefined)?.[name];
}

/**
 * A login that was let in and then turned away at the next step was never a session, although PostgreSQL writes
 * "connection authorized" for it (a user with NOLOGIN); and a refused one has an end in MySQL's log.
 */
function wasSession(kinds: ReadonlySet<SessionNote["kind"]>): boolean {
  if (kinds.has("seen") || kinds.has("killed")) return true;
  if (kinds.has("refused")) return kinds.has("opened") && kinds.has("ended");
  return kinds.has("opened") || kinds.has("ended");
}

function endOf(notes: readonly SessionNote[], grant: Ended): Pick<Session, "endedAt" | "endedBy"> {
  const killed = notes.find((it) => it.kind === "killed");
  const ended = notes.find((it) => it.kind === "ended") ?? killed;
  if (!ended) return {};
  if (killed) return { endedAt: ended.at, endedBy: isLate(killed.at, grant) ? "revoke" : "server" };
  // MySQL's logs do not tell who ended a session; whoever was there when the revoke began was ended by it.
  const silent = grant.database.engine !== "postgres" && isLate(ended.at, grant);
  return { endedAt: ended.at, endedBy: silent ? "revoke" : "client" };
}

function sessionOf(connection: string, notes: readonly SessionNote[], grant: Ended): Session {
  const opened = notes.find((it) => it.kind === "opened");
  const startedAt = opened?.at ?? first(notes, "startedAt");
  const end = endOf(notes, grant);
  const seenAt = notes.findLast((it) => it.kind === "seen")?.at;
  const [address, application, tls] = [
    first(notes, "address"),
    first(notes, "application"),
    first(notes, "tls"),
  ];
  return {
    connection,
    ...(startedAt ? { startedAt } : {}),
    ...end,
    ...(end.endedAt || !seenAt ? {} : { seenAt }),
    ...(address ? { address } : {}),
    ...(application ? { application } : {}),
    ...(tls === undefined ? {} : { tls }),
  };
}

/** One server may use the number of a connection again: another beginning is another session. */
function apart(notes: readonly SessionNote[]): SessionNote[][] {
  const parts: SessionNote[][] = [[]];
  for (const note of notes) {
    const opened = parts.at(-1)?.find((it) => it.kind === "opened");
    if (note.kind === "opened" && opened && opened.at !== note.at) parts.push([]);
    parts.at(-1)?.push(note);
  }
  return parts;
}

/** The sessions of one grant, in order of their beginning. */
export function sessionsOf(notes: readonly SessionNote[], grant: Ended): Session[] {
  const inOrder = notes.toSorted((a, b) => a.at.localeCompare(b.at));
  const sessions = [...Map.groupBy(inOrder, (it) => it.connection)].flatMap(([connection, its]) =>
    apart(its)
      .filter((part) => wasSession(new Set(part.map((it) => it.kind))))
      .map((part) => sessionOf(connection, part, grant)),
  );
  // Of two that began in the same second, the one that ended first.
  const place = (it: Session) => `${it.startedAt ?? it.seenAt ?? it.endedAt} ${it.endedAt ?? "~"}`;
  return sessions.sort((a, b) => place(a).localeCompare(place(b)));
}

/** A login that the server refused. */
export interface Refusal {
  at: Instant;
  /** The server's own. */
  code: string;
  address?: string;
}

/** Logins under this name that were refused, whoever tried. */
export function refusalsOf(notes: readonly SessionNote[]): Refusal[] {
  const sessions = Map.groupBy(notes, (it) => it.connection);
  const refused = [...sessions.values()].flatMap((its) => {
    const kinds = new Set(its.map((it) => it.kind));
    return wasSession(kinds) ? [] : its.filter((it) => it.kind === "refused");
  });
  return refused.map(({ at, code = "refused", address }) => ({ at, code, ...(address ? { address } : {}) }));
}
