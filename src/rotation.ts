/** The rotation of one application user's password: what the configuration says of it and how it went last. */
import type { DatabaseSnapshot, Instant } from "./grant.ts";

/**
 * `single-user`: one login, whose password changes. `alternating-users`: two logins with the same rights, `<user>` and
 * `<user>_clone`, of which one works on while the other gets a new password.
 */
export type Strategy = "single-user" | "alternating-users";

/** What the table knows of a rotation; one item a secret. */
export interface Rotation {
  /** Its id in dblease.yaml. */
  id: string;
  /** ARN of the secret that the application reads. */
  secret: string;
  /** The user that may be changed, whatever the secret names. */
  user: string;
  strategy: Strategy;
  /** As in the configuration: `rate(30 days)` or `cron(...)`, UTC. */
  schedule: string;
  /** Hours in which a rotation may begin, such as `2h`. */
  window?: string;
  /** Seconds for which the version before works on after a run; absent: until the next run. */
  graceSeconds?: number;
  database: DatabaseSnapshot;
  /** The writer, from the configuration or from Describe on deploy; never from the secret (dangers 29). */
  host: string;
  port: number;
  /** Since when the configuration has it. */
  configuredAt: Instant;
  version: number;
  status: "new" | "rotating" | "succeeded" | "failed";
  /** Secrets Manager's id of the run, and of the version that it makes. */
  run?: string;
  startedAt?: Instant;
  succeededAt?: Instant;
  failure?: { step: string; code: string; message: string; next: string; at: Instant };
  /** The run whose version before no longer works, because its time of grace is over. */
  graceEnded?: string;
  /** Until then the password of the version before is being taken away, and no run begins. */
  heldUntil?: Instant;
  /** Runs in a row that did not succeed. */
  failures?: number;
  /** How the two users of a pair differ where dblease did not make them equal; each with what mends it. */
  differences?: readonly Difference[];
  /** Taken out of the configuration. */
  removedAt?: Instant;
}

export interface Difference {
  sentence: string;
  repair: string;
}

export type RotationEventName = "RotationStarted" | "RotationSucceeded" | "RotationFailed" | "RotationHealed";

export interface RotationEvent {
  /** `rotation/<id>-<version>`: unique, and rising per rotation. */
  id: string;
  name: RotationEventName;
  at: Instant;
  version: number;
  actor: "dblease";
  /** What had to be healed. */
  because?: string;
  /** The rotation as this event left it, without what only functions need. */
  rotation: Omit<Rotation, "database" | "host" | "port" | "heldUntil"> & { database: string };
}
