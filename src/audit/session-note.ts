/** What one line of a database's log, or one look at its sessions, says about one session of one user of ours. */
import { type GrantId, grantIdPattern, type Instant, usernameOf } from "../grant.ts";

/**
 * `opened`: let in, as far as the server knew then. `refused`: never a session. `killed`: the server was told to end
 * it. `ended`: over, and a proof that it was one. `seen`: open when somebody looked.
 */
export type NoteKind = "opened" | "refused" | "killed" | "ended" | "seen";

export interface SessionNote {
  kind: NoteKind;
  at: Instant;
  username: string;
  /** What the server tells this session by; the same in all lines of one session. */
  connection: string;
  address?: string;
  application?: string;
  /** Name of the database inside the server. */
  database?: string;
  /** The connection was encrypted; absent: the line does not say. */
  tls?: boolean;
  startedAt?: Instant;
  /** The server's own code of a refusal or of an end. */
  code?: string;
}

/** The grant that a user name names, if it is one of ours. */
export function grantIdOf(username: string): GrantId | undefined {
  const id = username.slice(usernameOf("").length);
  return usernameOf(id) === username && grantIdPattern.test(id) ? id : undefined;
}

/** A user of ours inside a larger pattern. */
export const ourUser = "jit_[0-9a-hjkmnp-tv-z]{12}";
