/** POST /freezes and /freezes/lift: administrators close a person, a database or everything, and another one opens it. */
import { DbleaseError } from "../errors.ts";
import type { Freeze } from "../freeze.ts";
import { findFreezes, writeFreeze } from "../store/freezes.ts";
import { type Api, type Call, isAdmin } from "./api.ts";

function assertAdmin(call: Call): void {
  if (isAdmin(call)) return;
  throw new DbleaseError("NOT_ALLOWED", "only administrators may freeze and unfreeze", {
    next: "ask one of admins in dblease.yaml",
  });
}

function caller(call: Call): { id: string; name: string } {
  return { id: call.person.id, name: call.person.name };
}

/** Freezing what is frozen already changes nothing. @throws NOT_ALLOWED */
export async function freeze(api: Api, call: Call, scope: string, reason: string): Promise<Freeze> {
  assertAdmin(call);
  const [inForce] = await findFreezes(api.table, [scope]);
  if (inForce) return inForce;
  const made = { scope, by: caller(call), reason, at: api.clock().toISOString() };
  await writeFreeze(api.table, made);
  return made;
}

/** @throws NOT_ALLOWED, OWN_REQUEST (a second person lifts), NOT_FOUND (nothing is frozen). */
export async function lift(api: Api, call: Call, scope: string): Promise<Freeze> {
  assertAdmin(call);
  const [inForce] = await findFreezes(api.table, [scope]);
  if (!inForce) throw new DbleaseError("NOT_FOUND", `${scope} is not frozen`, { next: "dblease databases" });
  if (inForce.by.id === call.person.id) {
    throw new DbleaseError("OWN_REQUEST", "nobody lifts their own freeze", {
      next: "ask another administrator",
    });
  }
  const lifted = { ...inForce, liftedBy: caller(call), liftedAt: api.clock().toISOString() };
  await writeFreeze(api.table, lifted);
  return lifted;
}
