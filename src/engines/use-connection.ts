import type { Door } from "./engine.ts";

export interface Connection {
  end(): Promise<void>;
  /** Gives the connection up without a word to the server. */
  destroy(): void;
}

/** Opens a connection for one piece of work and ends it, whatever happens. */
export async function useConnection<C extends Connection, T>(
  door: Door<C>,
  target: Parameters<Door<C>["open"]>[0],
  work: (connection: C) => Promise<T>,
): Promise<T> {
  const connection = await door.open(target);
  try {
    const done = await work(connection);
    await connection.end();
    return done;
  } catch (error) {
    // A statement that ran out of time is still being answered: a polite end would wait for it.
    connection.destroy();
    throw error;
  }
}
