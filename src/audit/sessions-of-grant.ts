/** The sessions that are known of a grant, and what is not known of them. */
import type { Grant } from "../grant.ts";
import { sessionNotes } from "../store/sessions.ts";
import type { Table } from "../store/table.ts";
import type { SessionNote } from "./session-note.ts";
import { type Refusal, refusalsOf, type Session, sessionsOf } from "./sessions.ts";

/** What the revoke itself read of the sessions that it ended: there is no log to wait for. */
function endedByRevoke({ username, receipt }: Grant): SessionNote[] {
  return (receipt?.ended ?? []).map((it) => ({
    kind: "killed",
    at: receipt?.fencedAt ?? "",
    username,
    ...it,
  }));
}

/** Of one grant in one answer; a page of 25 grants stays far below the 6 MB that a function may answer. */
const mostNotes = 400;

export async function sessionsOfGrant(
  table: Table,
  grant: Grant,
): Promise<{ sessions: Session[]; refusals: Refusal[]; unknown: string[] }> {
  const { notes, more } = await sessionNotes(table, grant.id, mostNotes);
  const told = [...notes, ...endedByRevoke(grant)];
  const unlisted = `Grant ${grant.id} has more sessions or refused logins than the first that fit in here.`;
  return { sessions: sessionsOf(told, grant), refusals: refusalsOf(notes), unknown: more ? [unlisted] : [] };
}
