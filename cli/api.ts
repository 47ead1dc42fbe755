import type {
  BackfillView,
  CheckedDayView,
  DatabaseRecordView,
  DatabasesView,
  DatabaseView,
  DecisionView,
  DigestsView,
  DoctorView,
  DraftsView,
  DraftView,
  FindingsView,
  FindingView,
  FleetRotationView,
  FreezeView,
  GrantAnswer,
  GrantsView,
  GrantView,
  IamAuthenticationView,
  InventoryDatabaseView,
  InventoryView,
  PasswordsAnswer,
  PersonAnswer,
  PlanView,
  PolicyScanRunView,
  ReconciliationView,
  RoleView,
  RotationRunView,
  RotationsView,
  RotationView,
  SessionsAnswer,
  TokenView,
  WhoAnswer,
} from "../src/views.ts";

export interface NewGrant {
  database: string;
  role: string;
  durationSeconds: number;
  reason: string;
  ticket?: string;
  startAt?: string;
  breakGlass?: true;
}

/** What people do with a grant, beside looking at it. */
export type Decision = "approve" | "deny" | "cancel" | "revoke";

/** The API's routes as functions. Each rejects with a Failure that can be shown as it is. */
export interface Api {
  createGrant(wish: NewGrant & { verifier: string }, idempotencyKey: string): Promise<GrantView>;
  /** Wishes that came in as events and name me. */
  drafts(): Promise<readonly DraftView[]>;
  claim(id: string, verifier: string, idempotencyKey: string): Promise<GrantView>;
  /** What the rules would say, nothing is written. */
  dryRun(wish: NewGrant): Promise<RoleView>;
  grants(listing?: "mine" | "toApprove" | "toReview"): Promise<readonly GrantView[]>;
  grant(id: string): Promise<GrantView>;
  decide(id: string, decision: Decision, reason?: string): Promise<GrantView>;
  review(id: string, reason: string): Promise<GrantView>;
  extend(id: string, durationSeconds: number): Promise<GrantView>;
  replaceVerifier(id: string, verifier: string): Promise<GrantView>;
  token(id: string, member: string | undefined): Promise<TokenView>;
  iam(database: string): Promise<IamAuthenticationView>;
  enableIam(database: string): Promise<IamAuthenticationView>;
  freeze(scope: string, reason: string): Promise<FreezeView>;
  unfreeze(scope: string): Promise<FreezeView>;
  explain(wish: Record<"as" | "database" | "role", string>): Promise<DecisionView>;
  /** What one may ask for; `startAt`: then instead of now. */
  databases(startAt?: string): Promise<readonly DatabaseView[]>;
  plan(database: string, role: string): Promise<PlanView>;
  doctor(database: string): Promise<DoctorView>;
  prepare(database: string, adminByIam: boolean): Promise<DoctorView>;
  accept(database: string): Promise<DatabaseRecordView>;
  /** The open ones, the worst first. */
  findings(all?: boolean, closedSince?: string): Promise<FindingsView>;
  acknowledge(finding: string, reason: string, until: string): Promise<FindingView>;
  scanPolicies(): Promise<PolicyScanRunView>;
  inventory(): Promise<readonly InventoryDatabaseView[]>;
  reconcile(database?: string): Promise<ReconciliationView>;
  rotations(): Promise<readonly RotationView[]>;
  rotate(id: string): Promise<RotationRunView>;
  /** Absent: all rotations. */
  rotateFleet(fleet: { database?: string; tag?: string }): Promise<FleetRotationView>;
  fleetReport(run: string): Promise<FleetRotationView>;
  backfills(): Promise<readonly BackfillView[]>;
  backfill(from: string, to: string): Promise<BackfillView>;
  auditGrant(id: string, page?: string): Promise<GrantAnswer>;
  /** A part of the chain of digests, from a day on or from its beginning. */
  digests(from: string | undefined): Promise<DigestsView>;
  /** A day of the audit as it is now, from this hour on. */
  checkDay(day: string, hour: number): Promise<CheckedDayView>;
  auditWho(question: AuditPeriod & { database: string }): Promise<WhoAnswer>;
  auditSessions(question: AuditPeriod & { database: string }): Promise<SessionsAnswer>;
  auditPerson(question: AuditPeriod & { person: string }): Promise<PersonAnswer>;
  auditPasswords(question: AuditPeriod): Promise<PasswordsAnswer>;
}

/** A period, and where the answer goes on. */
export interface AuditPeriod {
  from: string;
  to: string;
  page?: string;
}

/** Sends one request and answers the parsed body of a success. */
export type Send = (
  method: "GET" | "POST" | "PUT",
  path: string,
  options?: { body?: object; headers?: Record<string, string> },
) => Promise<unknown>;

/** `seen` hears of every grant that the API shows, so that no command can forget to tidy up after a closed one. */
export function api(send: Send, seen: (grants: readonly GrantView[]) => Promise<void>): Api {
  // The casts below: both ends are built from src/views.ts, and a newer API only ever adds fields.
  async function one(answer: Promise<unknown>): Promise<GrantView> {
    const grant = (await answer) as GrantView;
    await seen([grant]);
    return grant;
  }
  const at = (...parts: string[]) => `/${parts.map(encodeURIComponent).join("/")}`;
  const ask = (path: string, query: Record<string, string | undefined>) => {
    const given = Object.entries(query).filter((it): it is [string, string] => it[1] !== undefined);
    return send("GET", given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path);
  };
  return {
    createGrant: (wish, idempotencyKey) =>
      one(send("POST", "/grants", { body: wish, headers: { "idempotency-key": idempotencyKey } })),
    drafts: async () => ((await send("GET", "/drafts")) as DraftsView).drafts,
    claim: (id, verifier, idempotencyKey) =>
      one(
        send("POST", at("grants", id, "claim"), {
          body: { verifier },
          headers: { "idempotency-key": idempotencyKey },
        }),
      ),
    dryRun: async (wish) => (await send("POST", "/grants", { body: { ...wish, dryRun: true } })) as RoleView,
    async grants(listing) {
      const { grants } = (await send("GET", listing ? `/grants?${listing}=true` : "/grants")) as GrantsView;
      await seen(grants);
      return grants;
    },
    grant: (id) => one(send("GET", at("grants", id))),
    decide: (id, decision, reason) =>
      one(send("POST", at("grants", id, decision), { body: reason === undefined ? {} : { reason } })),
    review: (id, reason) => one(send("POST", at("grants", id, "review"), { body: { reason } })),
    extend: (id, durationSeconds) =>
      one(send("POST", at("grants", id, "extend"), { body: { durationSeconds } })),
    replaceVerifier: (id, verifier) => one(send("PUT", at("grants", id, "verifier"), { body: { verifier } })),
    token: async (id, member) =>
      (await send("POST", at("grants", id, "token"), {
        body: member === undefined ? {} : { member },
      })) as TokenView,
    iam: async (database) => (await send("GET", at("databases", database, "iam"))) as IamAuthenticationView,
    enableIam: async (database) =>
      (await send("POST", at("databases", database, "enable-iam"))) as IamAuthenticationView,
    freeze: async (scope, reason) =>
      (await send("POST", "/freezes", { body: { scope, reason } })) as FreezeView,
    unfreeze: async (scope) => (await send("POST", "/freezes/lift", { body: { scope } })) as FreezeView,
    explain: async (wish) =>
      (await send("GET", `/policy/explain?${new URLSearchParams(wish)}`)) as DecisionView,
    async databases(startAt) {
      const query = startAt === undefined ? "" : `?${new URLSearchParams({ startAt })}`;
      return ((await send("GET", `/databases${query}`)) as DatabasesView).databases;
    },
    plan: async (database, role) =>
      (await send(
        "GET",
        `${at("databases", database, "plan")}?role=${encodeURIComponent(role)}`,
      )) as PlanView,
    doctor: async (database) => (await send("POST", at("databases", database, "doctor"))) as DoctorView,
    accept: async (database) =>
      (await send("POST", at("databases", database, "accept"))) as DatabaseRecordView,
    findings: async (all = false, closedSince) =>
      (await ask("/findings", { acknowledged: all ? "true" : undefined, closedSince })) as FindingsView,
    acknowledge: async (finding, reason, until) =>
      (await send("POST", "/findings/acknowledge", { body: { finding, reason, until } })) as FindingView,
    inventory: async () => ((await send("GET", "/inventory")) as InventoryView).databases,
    scanPolicies: async () => (await send("POST", "/policy-scans")) as PolicyScanRunView,
    reconcile: async (database) =>
      (await send("POST", "/reconciliations", {
        body: database === undefined ? {} : { database },
      })) as ReconciliationView,
    rotations: async () => ((await send("GET", "/rotations")) as RotationsView).rotations,
    rotate: async (id) => (await send("POST", at("rotations", id, "rotate"))) as RotationRunView,
    rotateFleet: async (fleet) =>
      (await send("POST", "/fleet-rotations", { body: fleet })) as FleetRotationView,
    fleetReport: async (run) => (await send("GET", at("fleet-rotations", run))) as FleetRotationView,
    backfills: async () => ((await ask("/audit/backfills", {})) as { backfills: BackfillView[] }).backfills,
    backfill: async (from, to) =>
      (await send("POST", "/audit/backfills", { body: { from, to } })) as BackfillView,
    auditGrant: async (id, page) => (await ask(at("audit", "grants", id), { page })) as GrantAnswer,
    auditSessions: async (question) => (await ask("/audit/sessions", { ...question })) as SessionsAnswer,
    auditPerson: async (question) => (await ask("/audit/person", { ...question })) as PersonAnswer,
    auditPasswords: async (question) => (await ask("/audit/passwords", { ...question })) as PasswordsAnswer,
    digests: async (from) => (await ask("/audit/digests", { from })) as DigestsView,
    checkDay: async (day, hour) =>
      (await ask("/audit/recorded", { day, hour: String(hour) })) as CheckedDayView,
    auditWho: async (question) => (await ask("/audit/who", { ...question })) as WhoAnswer,
    prepare: async (database, adminByIam) =>
      (await send("POST", at("databases", database, "prepare"), { body: { adminByIam } })) as DoctorView,
  };
}
