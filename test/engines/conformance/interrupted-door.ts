import type { Door } from "../../../src/engines/engine.ts";
import type { SplitMessage } from "./harness.ts";

/** What a wrapper needs of a connection: every driver's has both, under these or other names. */
interface Interruptible {
  query: (...words: unknown[]) => Promise<unknown>;
  end(): Promise<void>;
}

/** A door whose connections count their messages, and vanish before the n-th one as if the function was killed. */
export function interruptedDoor<Connection>(
  door: Door<Connection>,
  before: number,
): { door: Door<Connection>; sent: () => number } {
  let sent = 0;
  return {
    sent: () => sent,
    door: watchedDoor(door, async (words, query, end) => {
      sent += 1;
      if (sent < before) return query(...words);
      await end();
      throw killed();
    }),
  };
}

/** The same for engines that commit each statement: vanishes after so many, in the middle of a message or not. */
export function interruptedInside<Connection>(
  door: Door<Connection>,
  statements: number,
  split: (words: unknown[]) => SplitMessage,
): Door<Connection> {
  let left = statements;
  return watchedDoor(door, async (words, query, end) => {
    const message = split(words);
    if (message.statements <= left) {
      left -= message.statements;
      return query(...words);
    }
    if (left > 0) await query(...message.first(left));
    left = 0;
    await end();
    throw killed();
  });
}

type Watch = (
  words: unknown[],
  query: (...words: unknown[]) => Promise<unknown>,
  end: () => Promise<void>,
) => Promise<unknown>;

function watchedDoor<Connection>(door: Door<Connection>, watch: Watch): Door<Connection> {
  return {
    ...door,
    async open(target) {
      const connection = await door.open(target);
      // Each harness that tells these stories has connections with `query` and `end`.
      const open = connection as Interruptible;
      const query = open.query.bind(connection);
      open.query = (...words) => watch(words, query, () => open.end());
      return connection;
    },
  };
}

function killed(): Error {
  return Object.assign(new Error("killed"), { code: "KILLED" });
}
