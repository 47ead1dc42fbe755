/** GET /databases: what this caller may ask for, and whether somebody must approve. */
import { decide } from "../decide.ts";
import type { DatabaseView, RoleView } from "../views.ts";
import type { Call } from "./api.ts";

/** What the rules say of one role on one database for this caller. */
export function roleView(call: Call, database: string, role: string, durationSeconds?: number): RoleView {
  const decision = decide(
    { person: call.person, database, role, ...(durationSeconds ? { durationSeconds } : {}) },
    call.stored.config,
  );
  if (decision.outcome === "refused") {
    return {
      name: role,
      allowed: false,
      approvalNeeded: false,
      approvers: [],
      maxSeconds: 0,
      defaultSeconds: 0,
      because: decision.because,
    };
  }
  return {
    name: role,
    allowed: true,
    approvalNeeded: decision.approvers.length > 0,
    approvers: decision.approvers,
    maxSeconds: decision.maxSeconds,
    defaultSeconds: decision.defaultSeconds,
    because: decision.because,
  };
}

/** Databases of which this caller may ask for at least one role. */
export function databaseViews(call: Call): DatabaseView[] {
  return Object.entries(call.stored.config.databases)
    .map(([id, it]) => ({
      id,
      engine: it.engine,
      roles: it.roles.map((role) => roleView(call, id, role)).filter((role) => role.allowed),
    }))
    .filter((it) => it.roles.length > 0);
}
