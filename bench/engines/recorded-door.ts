import type { Door } from "../../src/engines/engine.ts";

/** One round trip after a login: what was given to the driver's `query`, and how many statements it was. */
export interface Trip {
  sent: readonly unknown[];
  statements: number;
}

export interface Record {
  logins: number;
  trips: Trip[];
}

interface Querying {
  query(...sent: unknown[]): Promise<unknown>;
}

/** A door like another, that keeps what is said through it. */
export function recordedDoor<Connection>(
  door: Door<Connection>,
  statementsIn: (sent: readonly unknown[], answer: unknown) => number,
): { door: Door<Connection>; record: Record } {
  const record: Record = { logins: 0, trips: [] };
  const open: Door<Connection>["open"] = async (target) => {
    const connection = await door.open(target);
    record.logins += 1;
    const querying = connection as Querying;
    const query = querying.query.bind(querying);
    querying.query = async (...sent) => {
      const answer = await query(...sent);
      record.trips.push({ sent, statements: statementsIn(sent, answer) });
      return answer;
    };
    return connection;
  };
  return { door: { ...door, open }, record };
}
