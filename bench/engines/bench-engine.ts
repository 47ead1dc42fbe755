/**
 * What the bench has to know of an engine beyond its adapter and its test harness. Another engine is one more file
 * like postgres.ts and one more line in all-engines.ts.
 */
import type { KnownUser, NewUser } from "../../src/engines/engine.ts";
import type { Harness, Stage } from "../../test/engines/conformance/harness.ts";

/** A connection as the driver itself makes it, TLS verified: what everybody pays who logs in. */
export interface BareLogin {
  /** Takes whatever the adapter's connection was given; one call is one round trip. */
  query(...sent: unknown[]): Promise<unknown>;
  end(): Promise<void>;
}

export interface BenchEngine<Connection> {
  harness: Harness<Connection>;
  /** Lets the server take some hundred sessions more. */
  makeRoom(stage: Stage<Connection>): Promise<void>;
  /** One message that makes tables of this schema with these numbers. */
  createTables(schema: string, from: number, to: number): string;
  bareLogin(stage: Stage<Connection>): Promise<BareLogin>;
  /** How many statements were in one call of the driver's `query`. */
  statementsIn(sent: readonly unknown[], answer: unknown): number;
  /** The shortest way by hand, message by message: what a script would do, with the same outcome. */
  byHand: { grant(user: NewUser): string[]; revoke(user: KnownUser): string[] };
  /** Selects `key` and `version` of every catalogue row that a change of a table's privileges rewrites. */
  tableEntries: string;
  /** Selects `users` and `sessions`: how many of ours the server has. */
  left: string;
}

export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}
