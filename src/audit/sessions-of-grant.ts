/** The sessions that are known of a grant, and what is not known of them. */
import type { Grant } from "../grant.ts";
import { sessionNotes } from "../store/sessions.ts";
import type { Table } from "../store/table.ts";
import { type Session, sessionsOf } from "./sessions.ts";

/** Of one grant in one answer; a page of 25 grants stays far below the 6 MB that a function may answer. */
const mostNotes = 400;

export async function sessionsOfGrant(
  table: Table,
  grant: Grant,
): Promise<{ sessions: Session[]; unknown: string[] }> {
  const { notes, more } = await sessionNotes(table, grant.id, mostNotes);
  const unlisted = `Grant ${grant.id} has more sessions than the first that fit in here.`;
  return { sessions: sessionsOf(notes, grant), unknown: more ? [unlisted] : [] };
}
