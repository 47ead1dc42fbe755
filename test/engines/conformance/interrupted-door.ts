import type { Door } from "../../../src/engines/engine.ts";

/** What a wrapper needs of a connection: every driver's has both, under these or other names. */
interface Interruptible {
  query: (...words: never[]) => Promise<unknown>;
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
    door: {
      ...door,
      async open(target) {
        const connection = await door.open(target);
        // Each harness that tells these stories has connections with `query` and `end`.
        const open = connection as Interruptible;
        const query = open.query.bind(connection);
        open.query = async (...words) => {
          sent += 1;
          if (sent < before) return query(...words);
          await open.end();
          throw Object.assign(new Error("killed"), { code: "KILLED" });
        };
        return connection;
      },
    },
  };
}
