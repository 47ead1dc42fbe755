/**
 * What rotation asks of an engine, beside the contract of engine.ts. Application users belong to no grant: they carry no
 * marker and may be called anything. dblease changes the passwords of those that the configuration names, makes the
 * second user of a pair, and never drops one. Every method may be called again after a crash.
 */
export type ApplicationUsers<Connection> = OnePasswordUsers<Connection> | TwoPasswordUsers<Connection>;

interface Users<Connection> {
  /** Longest name that the server keeps whole, in bytes. */
  longestName: number;
  /** Ends a connection, whatever state it is in. */
  close(connection: Connection): Promise<void>;
}

/** Two logins with the same rights, one password each. */
export interface PairedUsers<Connection> {
  /**
   * Stores a password as its verifier; neither is seen in a log of the server. The connection is the user's own or an
   * admin's. Throws ADMIN_LACKS_RIGHTS with what repairs it.
   */
  changePassword(
    connection: Connection,
    username: string,
    password: string,
    randomBytes: (count: number) => Uint8Array,
  ): Promise<void>;

  /**
   * Makes the second user of a pair, or repairs it, so that either may do what the other may; where objects have owners,
   * both act as one: the first user, or the owner role. Limits and settings of the first are copied. Resolves with what
   * differs and is left to a person.
   */
  preparePair(
    connection: Connection,
    pair: Pair,
    randomBytes: (count: number) => Uint8Array,
  ): Promise<readonly PairDifference[]>;
}

/** A server that keeps one password for a login. */
export interface OnePasswordUsers<Connection> extends Users<Connection>, PairedUsers<Connection> {
  passwords: "one";
}

/** A server that keeps two passwords for a login, so that it needs no pair; it may have one. */
export interface TwoPasswordUsers<Connection> extends Users<Connection> {
  passwords: "two";
  /** Absent: this engine has no alternating users. */
  pair?: PairedUsers<Connection>;

  /**
   * Stores a password beside the current one; the older one works until the next call. Whatever the account had before,
   * and however often it is called, it has these two then. The connection is an admin's.
   */
  addPassword(
    connection: Connection,
    username: string,
    passwords: { next: string; current: string },
  ): Promise<void>;

  /**
   * Gives the account that the connection has logged in as this password and no other; where no admin is configured.
   * Absent: this engine leaves it to admins. Throws USER_REFUSED.
   */
  changeOwnPassword?(connection: Connection, username: string, password: string): Promise<void>;

  /** Leaves the account with its newer password alone, which `current` is. The connection is an admin's. */
  dropOldPassword(connection: Connection, username: string, current: string): Promise<void>;
}

export interface Pair {
  first: string;
  second: string;
}

export interface PairDifference {
  sentence: string;
  /** The statement that mends it. */
  repair: string;
}
