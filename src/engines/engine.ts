/**
 * The contract of an engine (docs/design.md, section 7). A maintainer adds an engine by writing one file that
 * fulfils it and passing test/engines/conformance. An adapter sees no store, no IAM and no audit.
 *
 * Every method may be called again after a crash at any point and then finishes the job. "Already gone" is
 * success. A user without our marker for this very grant id is never touched, whatever its name.
 */
import type { GrantId, Instant, Member, Model } from "../grant.ts";
import type { OpenSession, Receipt } from "../receipt.ts";

/**
 * The way to a database server. Connections are opened outside the adapter (src/connect): TLS verified, host
 * from the configuration or Describe, tagged with the grant id, time-outs set. Who opens one closes it.
 */
export interface Door<Connection> {
  /** Every server process that can hold a session, the writer first. */
  readonly members: readonly Member[];
  /** Database inside the server for which access is granted. */
  readonly database: string;
  /**
   * Opens an admin connection, to the writer and the grant's database unless told otherwise. It is tagged with the
   * grant id; a revoke's own connections say so, because a revoke ends all others of its grant (dangers 5).
   */
  open(target?: { database?: string; member?: Member; purpose?: "revoke" }): Promise<Connection>;
}

/** What makes a database user provably ours: stored with the user, compared before anything touches it. */
export interface Marker {
  /** Id of this dblease installation, so that two of them never meddle with each other. */
  installation: string;
  grantId: GrantId;
}

export interface NewUser {
  username: string;
  marker: Marker;
  groupRole: string;
  /** What the server stores instead of a password; made on the requester's machine. Absent: the user logs in by IAM. */
  verifier?: string | undefined;
  /** The engine's own backstop: no password login after this instant. */
  expiresAt: Instant;
  connectionLimit: number;
  /** The server itself refuses to create the user after this instant (dangers 5). */
  deadline: Instant;
}

export interface KnownUser {
  username: string;
  marker: Marker;
  /** The server's own id of the user, where it was recorded at creation. */
  userOid?: string | undefined;
}

/** Privileges on one set of schemas; what a role means inside one database. */
export interface Scope {
  schemas: readonly string[];
  /** Absent: all tables, future ones too. */
  tables?: readonly string[] | undefined;
  /** Columns by table; only for `select`, `insert`, `update`. */
  columns?: Readonly<Record<string, readonly string[]>> | undefined;
  privileges: readonly Privilege[];
}

export type Privilege = "select" | "insert" | "update" | "delete" | "truncate" | "references";

/** One standing NOLOGIN role and the scopes it carries. */
export interface GroupRole {
  name: string;
  scopes: readonly Scope[];
}

/** A user as `list` finds it: input of findings. */
export interface ListedUser {
  username: string;
  userOid: string;
  /** Text of the marker as stored, ours or not; absent: none. */
  marker?: string;
  canLogin: boolean;
  /** It logs in by IAM tokens; absent: by what the server itself keeps of it. */
  byIam?: true;
  validUntil?: Instant;
  memberOf: readonly string[];
  /** What it may beyond its memberships, in the engine's own words, such as CREATEROLE; a user of ours has none. */
  attributes: readonly string[];
}

/** Somebody who may log in, as `logins` finds them: whom nobody explains is a finding. */
export interface LoginUser {
  /** As people are told; of MySQL with its host. */
  username: string;
  /** Without the host. */
  name: string;
  /** Nobody has to explain the server's own users, nor the admin that asks. */
  own?: "server" | "admin";
  /** It logs in by IAM tokens. */
  byIam: boolean;
  /** What it may beyond the data of a database, in the engine's own words. */
  powers: readonly string[];
  /** Since when its password is in force, where the server tells. */
  passwordSince?: Instant;
  /** Open now, and from how many addresses. */
  sessions: number;
  addresses: number;
  /** The statement that bars it and can be taken back. */
  bar: string;
}

/** One line of `doctor`. `repair`: the statement or command that mends it. */
export interface Check {
  id: string;
  ok: boolean;
  sentence: string;
  repair?: string;
}

/** Statements as text, for `dblease plan`; the verifier is left out. */
export interface Plan {
  grant: readonly string[];
  revoke: readonly string[];
}

export interface EngineAdapter<Connection> {
  /** Makes or repairs the standing roles of a database; safe to repeat. */
  prepare(door: Door<Connection>, groupRoles: readonly GroupRole[]): Promise<void>;

  /**
   * Makes the user, in one round trip where DDL is transactional. Called again with the same marker it brings
   * the user to the wanted state. Throws FOREIGN_USER, NOT_PREPARED, BAD_VERIFIER, DEADLINE_PASSED.
   */
  grant(door: Door<Connection>, user: NewUser): Promise<{ userOid: string }>;

  /** Moves the engine's own expiry; alters, never creates. Throws NOT_FOUND when the user is gone. */
  extend(door: Door<Connection>, user: KnownUser, expiresAt: Instant): Promise<void>;

  /** Stores another verifier and ends the sessions that were opened with the old one. */
  changePassword(door: Door<Connection>, user: KnownUser, verifier: string): Promise<void>;

  /**
   * Fence, kill, move or list what is owned, drop, read back. Resolves with what the database said; an empty
   * residue means gone. Rejects only where the database could not be asked.
   */
  revoke(door: Door<Connection>, user: KnownUser, clock: () => Date): Promise<Receipt>;

  /** What exists of a user right now: the read-back alone, nothing is changed. */
  inspect(door: Door<Connection>, user: KnownUser, clock: () => Date): Promise<Receipt>;

  /** All users that look like ours, and all direct members of these group roles. */
  list(door: Door<Connection>, groupRoles: readonly string[]): Promise<readonly ListedUser[]>;

  /** Open sessions of users with our kind of name, on one member. Absent: not built for this engine. */
  sessions?(door: Door<Connection>, member: Member): Promise<readonly (OpenSession & { username: string })[]>;

  /** Everybody who may log in. Absent: not built for this engine, so that nothing is said of its users. */
  logins?(door: Door<Connection>): Promise<readonly LoginUser[]>;

  /** The statements that a grant of this model and its revoke would run. */
  plan(user: Omit<NewUser, "verifier">, model: Model): Plan;

  /** Admin rights, standing roles, dangerous defaults; never throws for a failed check. */
  doctor(door: Door<Connection>, groupRoles: readonly GroupRole[]): Promise<readonly Check[]>;
}
