/**
 * What an engine has to bring so that the stories of this folder can be told on it. A new engine writes one
 * harness; a story that needs a capability the harness lacks is skipped, and the output says why.
 */
import type { Door, EngineAdapter, GroupRole, KnownUser, NewUser } from "../../../src/engines/engine.ts";
import type { Receipt } from "../../../src/receipt.ts";

export type Capability =
  /** A user can own tables, functions and more, and they outlive it. */
  | "ownership"
  /** Transactions can be prepared and outlive their session. */
  | "prepared transactions"
  /** Roles are owned, so that a second admin may be shut out. */
  | "owned roles"
  /** Members of a group can be kept from becoming the group. */
  | "no set role";

/** One open session of somebody. */
export interface Session {
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Settles when the session has ended, by us or by the server. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** A database with a table `app.orders` (three rows) that belongs to `app_owner`, and a prepared group role. */
export interface Stage<Connection> {
  database: string;
  /** Group role that may read schema app. */
  reader: GroupRole;
  /** Opens as the RDS-like master; `as`: another admin. */
  door(grantId?: string, as?: string): Door<Connection>;
  adminSession(): Promise<Session>;
  /** One message in a session of the master's own. */
  admin(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  /** The bootstrap superuser, who exists on every server and is never dblease: for fixtures. */
  root(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  login(username: string, password: string, database?: string): Promise<Session>;
}

export interface Harness<Connection> {
  /** Stands in every test title. */
  engine: string;
  adapter: EngineAdapter<Connection>;
  /** Why a capability is missing; without an entry it is there. */
  lacks: Partial<Record<Capability, string>>;
  start(): Promise<void>;
  stop(): Promise<void>;
  stage(): Promise<Stage<Connection>>;
}

/** A person with a grant on a stage. */
export interface Person<Connection> {
  user: NewUser;
  known: KnownUser;
  password: string;
  door: Door<Connection>;
  login(database?: string): Promise<Session>;
  revoke(): Promise<Receipt>;
}
