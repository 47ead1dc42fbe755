/** GET /databases: what this caller may ask for, and whether somebody must approve. */
import { type AccessRequest, decide } from "../decide.ts";
import { provenAgainst } from "../proof.ts";
import type { DatabaseView, RoleView } from "../views.ts";
import type { Call } from "./api.ts";

/** What the rules say of one role on one database for this caller at `now`. */
export function roleView(call: Call, wish: Omit<AccessRequest, "person">, now: Date): RoleView {
  const decision = decide({ ...wish, person: call.person }, call.stored.config, now);
  if (decision.outcome === "refused") {
    return {
      name: wish.role,
      allowed: false,
      approvalNeeded: false,
      breakGlass: wish.breakGlass ?? false,
      approvalSteps: [],
      maxSeconds: 0,
      defaultSeconds: 0,
      because: decision.because,
    };
  }
  return {
    name: wish.role,
    allowed: true,
    breakGlass: wish.breakGlass ?? false,
    approvalNeeded: decision.approvalSteps.length > 0,
    approvalSteps: decision.approvalSteps,
    maxSeconds: decision.maxSeconds,
    defaultSeconds: decision.defaultSeconds,
    because: decision.because,
  };
}

/** Databases of which this caller may ask for at least one role. */
export function databaseViews(call: Call, now: Date): DatabaseView[] {
  return Object.entries(call.stored.config.databases)
    .map(([id, it]) => ({
      id,
      engine: it.engine,
      provenAgainst: provenAgainst[it.engine],
      roles: it.roles
        .flatMap((role) =>
          [false, true].map((breakGlass) => roleView(call, { database: id, role, breakGlass }, now)),
        )
        .filter((role) => role.allowed),
    }))
    .filter((it) => it.roles.length > 0);
}
