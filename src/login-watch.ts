/** How far RDS's count of logins by IAM was compared with what explains them, and what was found. */
import type { Instant } from "./grant.ts";

/** Logins by IAM to one member in the five minutes from `at`. */
export interface LoginCount {
  at: Instant;
  member: string;
  logins: number;
}

/** An hour with logins that nothing explains. */
export interface StrangeHour {
  at: Instant;
  logins: number;
  members: readonly string[];
}

export interface LoginWatch {
  /** One more with each write, so that of two looks at once one counts. */
  version: number;
  /** Compared until here; absent: the last look could say nothing of this server. */
  from?: Instant;
  /** What it was compared for. */
  of?: string;
  strange: readonly StrangeHour[];
}
