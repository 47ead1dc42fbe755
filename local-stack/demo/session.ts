/** For a login over verified TLS. */
export interface Login {
  host: string;
  port: number;
  username: string;
  password: string;
  /** The password is a token, which the server asks for in clear text. */
  byIam?: true;
  database: string;
  ca: string;
}

/** One open session, as the story needs it. */
export interface Session {
  /** Settles when the server has ended it. */
  ended: Promise<unknown>;
  query(sql: string): Promise<{ status?: string }[]>;
}
