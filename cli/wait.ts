import { setTimeout as pause } from "node:timers/promises";
import type { GrantView } from "../src/views.ts";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";
import { progress } from "./progress.ts";
import { timeText } from "./time-text.ts";
import { waitSentence } from "./wait-sentence.ts";

/** The first look comes soon, later ones spread out: an approval may take hours and each look costs a call. */
const firstPause = 250;
const longestPause = 3000;

export interface Wait {
  settled(grant: GrantView): boolean;
  timeoutSeconds: number;
  /** What goes on after Ctrl-C, as a sentence without its full stop. */
  whenInterrupted: string;
}

export function resumeCommand(id: string): string {
  return `dblease show ${id} --wait`;
}

/**
 * Looks at a grant until it is settled. After the time-out it answers the grant as it then is; the caller sees
 * from `settled` which of the two happened.
 * @throws INTERRUPTED on Ctrl-C.
 */
export async function waitFor(context: Context, first: GrantView, wait: Wait): Promise<GrantView> {
  const { api, now, signal, words } = context;
  const until = now().getTime() + wait.timeoutSeconds * 1000;
  let grant = first;
  if (wait.settled(grant)) return grant;
  const shown = progress(
    words,
    () => `${grant.status} ${grant.verifierApplied}`,
    () => {
      const giveUp = `giving up in ${timeText(until - now().getTime())}`;
      return `${grant.id}: ${waitSentence(grant, now())} (${giveUp}, Ctrl-C stops waiting only)`;
    },
  );
  try {
    let gap = firstPause;
    while (!wait.settled(grant)) {
      const left = until - now().getTime();
      if (left <= 0) return grant;
      await pause(Math.min(gap, left), undefined, { signal });
      const before = grant.status;
      grant = await api.grant(grant.id);
      gap = grant.status === before ? Math.min(gap * 1.3, longestPause) : firstPause;
      shown.look();
    }
    return grant;
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Failure("INTERRUPTED", wait.whenInterrupted, resumeCommand(grant.id));
  } finally {
    shown.stop();
  }
}
