/** Findings of what happened once and is seen by nobody who looks later (pure): they stay for a week after the last time. */
import type { Finding, FindingKind, Observation } from "../finding.ts";
import { beyondGrants } from "./counted-logins.ts";
import type { SessionNote } from "./session-note.ts";

const kinds: readonly FindingKind[] = ["session_without_grant", "iam_login"];
const weekMs = 7 * 86_400_000;

/** Whether a look that does not see it says that it is over. */
export function isOver({ kind, what, seenAt }: Finding, now: Date): boolean {
  // What was counted is kept, and seen by every look.
  return !kinds.includes(kind) || what === beyondGrants || Date.parse(seenAt) + weekMs < now.getTime();
}

/** A session's role, without the name that its holder chose. */
function principalOf(caller: string): string {
  const [, role] = /:assumed-role\/([^/]+)\//.exec(caller) ?? [];
  return role === undefined ? caller.replace(/^.*:/, "") : `role/${role}`;
}

/** @param caller principal that RDS refused; absent: a session of a user of our kind that no grant has. */
export function strangerFound({ username, code }: SessionNote, caller: string | undefined): Observation {
  if (caller === undefined) {
    const sentence = `${username} had a session, and there is no grant of it`;
    return { kind: "session_without_grant", what: username, sentence, repair: "dblease reconcile" };
  }
  const who = principalOf(caller);
  return {
    kind: "iam_login",
    what: `${who} as ${username}`,
    sentence: `IAM ${who} tried to log in as ${username} by a token of its own, and RDS refused it (${code ?? "no code"})`,
  };
}
