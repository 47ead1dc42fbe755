import type { Model } from "./model.ts";
import type { Who } from "./rights.ts";

/** What a running statement knows of its session and its server. */
export interface Session {
  id: number;
  who: Who;
  database: string;
  model: Model;
  inTransaction: boolean;
  /** The socket is closed; nothing of it may happen any more. */
  ended: boolean;
  /** Number of the error that a CATCH block is handling. */
  caught: number;
  kill(id: number): void;
}
