/**
 * What an engine has to bring so that the stories of this folder can be told on it. A new engine writes one
 * harness; a story that needs a capability the harness lacks is skipped, and the output says why.
 */
import type {
  Door,
  EngineAdapter,
  GroupRole,
  KnownUser,
  Marker,
  NewUser,
} from "../../../src/engines/engine.ts";
import type { Instant } from "../../../src/grant.ts";
import type { Receipt } from "../../../src/receipt.ts";

export type Capability =
  /** A user can own tables, functions and more, and they outlive it. */
  | "ownership"
  /** Transactions can be prepared, outlive their session, and are known by whose they are. */
  | "prepared transactions"
  /** A user and its privileges can be changed inside an open transaction, which locks them. */
  | "transactional accounts"
  /** A privilege that is taken away is missing in the very next statement of an open session. */
  | "immediate privileges"
  /** A bystander's function can be found in place of the server's own. */
  | "search path"
  /** Roles are owned, so that a second admin may be shut out. */
  | "owned roles"
  /** INSERT can be given on columns. */
  | "column inserts"
  /** Members of a group can be kept from becoming the group. */
  | "no set role"
  /** What users log in by is stored on the server, and can be changed. */
  | "verifiers"
  /** A privilege on a schema covers tables that are made later. */
  | "future tables"
  /** Columns of a table can be opened for reading, and the others not. */
  | "column select"
  /** A user can be dropped while it is connected. */
  | "drop while connected";

/** One open session of somebody. */
export interface Session {
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Settles when the session has ended, by us or by the server. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/**
 * A schema with a table `orders` (three rows, columns `id` and `customer`) that belongs to an application, and a
 * prepared group role. What is said below in words is SQL of the engine, run by somebody who may.
 */
export interface Stage<Connection> {
  database: string;
  schema: string;
  /** Qualified name of the table. */
  orders: string;
  /** A database of the server that everybody may enter. */
  common: string;
  /** Group role that may read the schema. */
  reader: GroupRole;
  /** Opens as the RDS-like master; `as`: another admin. */
  door(grantId?: string, as?: string): Door<Connection>;
  adminSession(): Promise<Session>;
  /** One message in a session of the master's own. */
  admin(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  /** One message in a session of the bootstrap superuser, who exists on every server and is never dblease. */
  root(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  login(username: string, password: string, database?: string): Promise<Session>;

  /** As the application that owns the schema. */
  asOwner(sql: string): Promise<void>;
  /** A login that dblease did not make, in place of one of this name. */
  createLogin(username: string, password: string): Promise<void>;
  /** Drops a user of any kind, and what it holds. */
  dropLogin(username: string): Promise<void>;
  /** No login any more, as a fence has it. */
  lock(username: string): Promise<void>;
  /** Makes somebody a member of the reader. */
  join(username: string): Promise<void>;
  /** Gives everything on the table, and the way to it. */
  openOrders(username: string): Promise<void>;
  /** Gives a privilege that reaches beyond any schema; resolves with the word for it. */
  empower(username: string): Promise<string>;
  /** A login with a name of ours and, if `label` is there, this text where a marker stands. */
  createForeign(username: string, password: string, label?: string): Promise<void>;
  /** All that the server stores about the account itself. */
  stored(username: string): Promise<unknown>;
  /** Traces of a user anywhere, found in other words than the adapter's. Empty: none. */
  traces(user: KnownUser): Promise<unknown[]>;
  /** Takes one privilege from the reader and gives it three that are not configured. */
  disturbReader(): Promise<void>;
  /** Whether a session that a receipt names is one that the server goes on listing though its connection is closed. */
  isDead?(session: string): Promise<boolean>;
  /** What changes whenever privileges in the schema are changed, even to what they were. */
  privilegeHistory(): Promise<unknown>;
  /** Schema, table and column of these names; whatever else is said is quoted by the harness itself. */
  createNamed(schema: string, table: string, column: string): Promise<void>;
  dropSchema(schema: string): Promise<void>;
  /** A grant of this user hangs until `release`; `waits`: it hangs now. */
  hold(username: string, marker: Marker): Promise<{ waits(): Promise<boolean>; release(): Promise<void> }>;
  /** A second admin, as RDS's master but made later, with the master's password. */
  createDeputy(): Promise<void>;
}

/** The words of one `query`, as its statements. */
export interface SplitMessage {
  statements: number;
  /** The same message with its first statements only. */
  first(statements: number): unknown[];
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

  /** What the user of this name logs in with where its grant is by IAM; absent: by a password. */
  tokenOf?(username: string): string;
  /** What dblease stores instead of this password. */
  verifier(password: string): string;
  /** Verifiers that look like this good one, or that the server would take, and that dblease does not make. */
  badVerifiers(good: string): string[];
  /** `denied`: not allowed to do that; `no login`: not let in. Undefined: neither. */
  kindOf(error: unknown): "denied" | "no login" | undefined;
  /** Roles of which a user with this group role is a member. */
  memberOf(groupRole: string): string[];
  /** How exactly the engine knows an instant. */
  storedInstant(at: Instant): Instant;
  /** The last statement of a plan. */
  planEnds: RegExp;
  /** What a session can hold on to; told one by one. */
  clinging: Record<string, (session: Session, orders: string) => Promise<unknown>>;
  /** A user changes whatever it may change of itself; afterwards its password is still this one. */
  meddle(session: Session, password: string): Promise<void>;
  /** A session shows itself under this name for a moment, or as long as it is open. */
  callItself(session: Session, name: string): Promise<void>;
  /** The check of doctor that fails for a deputy until its repair was run; undefined: a deputy lacks nothing. */
  deputyCheck?: string;
  /** Checks of doctor that fail on this server as it comes. */
  weaknesses: readonly string[];
  /** From where the server sees its clients come; absent: from this machine. An asymmetric matcher does as well. */
  clientAddress?: unknown;
  /** How a receipt names a session that was ended; absent: by the client's address and port. */
  endedSession?: object;
  /** Whether a schema, table or column can be called that. */
  canName(name: string): boolean;
  /** For engines that commit each statement: how many are in a message. Absent: it is done as a whole or not at all. */
  split?(words: unknown[]): SplitMessage;
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
