/** What the API answers: types only, shared with the CLI. Field names are the words of docs/design.md, section 2. */
import type { CheckedHour, DayDigest } from "./audit/day-digest.ts";
import type { BackfillCounts } from "./backfill.ts";
import type { Config } from "./config.ts";
import type { Draft } from "./draft.ts";
import type { Check, Plan } from "./engines/engine.ts";
import type { ErrorCode } from "./errors.ts";
import type { Finding, Severity } from "./finding.ts";
import type {
  Approval,
  ApprovalStep,
  BreakGlass,
  Engine,
  GrantEnd,
  GrantId,
  GrantStatus,
  Instant,
  Model,
} from "./grant.ts";
import type { Proof } from "./proof.ts";
import type { Receipt } from "./receipt.ts";
import type { Rotation } from "./rotation.ts";
import type { StockedUser } from "./stock.ts";
import type { DatabaseRecord } from "./store/databases.ts";
import type { PolicyScan } from "./store/policy-scans.ts";

/** Where to connect; known from the moment the grant starts. */
export interface ConnectionView {
  host: string;
  port: number;
  database: string;
  /** `off` where the configuration allows plain text for this database. */
  tls: "verify-full" | "off";
  /** PEM of the authority to trust; absent: AWS's. */
  ca?: string;
}

/** Somebody's yes or no. */
export type ApprovalView = Omit<Approval, "principal">;

export interface BreakGlassView extends Omit<BreakGlass, "review"> {
  review?: ApprovalView;
}

export interface GrantView {
  id: GrantId;
  version: number;
  status: GrantStatus;
  database: string;
  engine: Engine;
  role: string;
  username: string;
  /** `iam`: it logs in by tokens and has no password. */
  model: Model;
  /** ARN of the IAM role with which the requester signs tokens; absent: dblease signs them. */
  personRole?: string;
  requester: string;
  reason: string;
  ticket?: string;
  durationSeconds: number;
  rule: string;
  because: string;
  /** All of these must be filled; empty: no approval needed. */
  approvalSteps: readonly ApprovalStep[];
  approvals: readonly ApprovalView[];
  denial?: ApprovalView;
  breakGlass?: BreakGlassView;
  requestedAt: Instant;
  approveBy: Instant;
  /** A planned start. */
  startAt?: Instant;
  activatedAt?: Instant;
  expiresAt?: Instant;
  extensions?: number;
  end?: GrantEnd;
  closedAt?: Instant;
  /** Number of the newest verifier sent, and of the one the database has; equal: it is in force. */
  verifierNumber: number;
  verifierApplied: number;
  connection?: ConnectionView;
  failure?: { code: string; message: string; at: Instant; count: number };
  receipt?: Receipt;
}

export interface RoleView {
  name: string;
  allowed: boolean;
  approvalNeeded: boolean;
  /** Given only to those who break the glass, and reviewed afterwards. */
  breakGlass: boolean;
  approvalSteps: readonly ApprovalStep[];
  maxSeconds: number;
  defaultSeconds: number;
  because: string;
}

export interface DatabaseView {
  id: string;
  engine: Engine;
  /** On what dblease has been shown to work with this engine. */
  provenAgainst: Proof;
  roles: readonly RoleView[];
}

/** RFC 9457 problem details, plus the code and the next step. */
export interface ProblemView {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  next: string;
}

export type {
  Answer,
  GrantAnswer,
  HeldEntry,
  Moment,
  PasswordEntry,
  PasswordsAnswer,
  PersonAnswer,
  SessionEntry,
  SessionsAnswer,
  WhoAnswer,
} from "./audit/answer.ts";
export type { Refusal, Session } from "./audit/sessions.ts";
export type { Decision as DecisionView } from "./decide.ts";
export type { Draft as DraftView } from "./draft.ts";
export type { Freeze as FreezeView } from "./freeze.ts";
export type { IamAuthentication as IamAuthenticationView } from "./iam/iam-authentication.ts";
export type { DatabaseRecord as DatabaseRecordView } from "./store/databases.ts";

export interface FindingView extends Finding {
  severity: Severity;
  evidence: readonly string[];
  firstSeenAt: Instant;
}

export interface FindingsView {
  /** The worst first, then the newest. */
  findings: readonly FindingView[];
  databases: readonly DatabaseRecord[];
  /** Absent: IAM was not looked through yet. */
  policyScan?: PolicyScan;
}

export interface InventoryUserView extends StockedUser {
  /** How the rotation of its password went last. */
  rotation?: Rotation["status"];
}

export interface InventoryDatabaseView {
  id: string;
  engine: Engine;
  version?: string;
  model: Config["databases"][string]["model"];
  owner?: string;
  /** RDS identifier, or address. */
  server: string;
  /** By what more people than need be could come to it; empty: nothing was noticed. */
  exposure: readonly string[];
  roles: readonly string[];
  openGrants: number;
  findings: number;
  /** When its users were looked at; absent with `users`: never, or the engine does not tell. */
  lookedAt?: Instant;
  users?: readonly InventoryUserView[];
  /** So many users more. */
  more?: number;
}

export interface InventoryView {
  databases: readonly InventoryDatabaseView[];
}

/** A scan of IAM that was started; `policyScan` of the findings carries it when it is done. */
export interface PolicyScanRunView {
  run: string;
}

/** A reconciliation that was started; every database notes `run` when it was looked at. */
export interface ReconciliationView {
  run: string;
  databases: readonly string[];
}

export interface RotationView
  extends Omit<
    Rotation,
    "database" | "host" | "port" | "version" | "configuredAt" | "removedAt" | "heldUntil" | "graceEnded"
  > {
  database: string;
  passwordSince: Instant;
  /** As Secrets Manager has planned it; absent: no schedule is on the secret. */
  nextAt?: Instant;
  overdue: boolean;
  /** Until then the version before works; absent: it works no more, or until the next run. */
  oldPasswordUntil?: Instant;
  /** For a moment of each run the application's login may be refused. */
  gapPossible: boolean;
}

export interface RotationsView {
  rotations: readonly RotationView[];
}

/** A run that was begun; the rotation carries it when the run has begun its work. */
export interface RotationRunView {
  id: string;
  run: string;
}

export interface FleetRotationResult {
  id: string;
  /** `waiting`: its turn has not come, or its run has not begun its work. */
  status: "waiting" | "rotating" | "succeeded" | "failed" | "not begun";
  run?: string;
  failure?: string;
}

/** One run over many rotations. */
export interface FleetRotationView {
  run: string;
  finished: boolean;
  rotations: readonly FleetRotationResult[];
}

/** The chain of digests, a part of it; `next`: from which day it goes on. */
export interface DigestsView {
  digests: readonly DayDigest[];
  next?: string;
}

/** A day of the audit as the table has it now; `next`: from which hour it goes on. */
export interface CheckedDayView {
  day: string;
  hours: readonly CheckedHour[];
  next?: number;
}

export interface GrantsView {
  grants: readonly GrantView[];
}

/** A login token; good once it is asked for by the server, until `until` at most. */
export interface TokenView {
  token: string;
  host: string;
  port: number;
  username: string;
  database: string;
  until: Instant;
}

export interface DraftsView {
  drafts: readonly Draft[];
}

export interface DatabasesView {
  databases: readonly DatabaseView[];
}

export interface DoctorView {
  database: string;
  checks: readonly Check[];
}

export interface PlanView extends Plan {
  database: string;
  role: string;
}

/** Reading CloudTrail's past into the audit. */
export interface BackfillView {
  id: string;
  from: Instant;
  to: Instant;
  by: string;
  /** `stopped`: nobody goes on with it; the same period again does. */
  status: "running" | "stopped" | "done";
  /** From 0 to 1, by time. */
  progress: number;
  startedAt: Instant;
  finishedAt?: Instant;
  counts: BackfillCounts;
}
