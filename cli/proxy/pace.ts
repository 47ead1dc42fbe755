import { setTimeout as pause } from "node:timers/promises";

/** Lets so many through in a second, in the order in which they came; the others wait their turn. */
export function pace(perSecond: number, now: () => number): () => Promise<void> {
  let next = 0;
  return async () => {
    const turn = Math.max(next, now());
    next = turn + 1000 / perSecond;
    if (turn > now()) await pause(turn - now());
  };
}
