/** GET /rotations, POST /rotations/{id}/rotate: how the passwords of applications stand, and changing one now. */
import { DbleaseError } from "../errors.ts";
import { hasAdmin } from "../has-admin.ts";
import type { Rotation } from "../rotation.ts";
import { isOverdue, passwordSince } from "../rotation-age.ts";
import { findRotations, readRotation } from "../store/rotations.ts";
import type { RotationRunView, RotationView } from "../views.ts";
import { beginRotation } from "../workflow/begin-rotation.ts";
import { rotationSchedule } from "../workflow/rotation-schedule.ts";
import { type Call, isAdmin, isAuditor } from "./api.ts";
import type { ApiParts } from "./routes.ts";

async function view(api: ApiParts, rotation: Rotation): Promise<RotationView> {
  const {
    version: _,
    host: __,
    port: ___,
    database,
    configuredAt: ____,
    run,
    removedAt: _____,
    heldUntil: ______,
    graceEnded: _______,
    ...shown
  } = rotation;
  const schedule = await rotationSchedule(api.secrets, rotation.secret);
  const nextAt = schedule?.isOn ? schedule.nextAt : undefined;
  return {
    ...shown,
    database: database.id,
    ...(run ? { run } : {}),
    passwordSince: passwordSince(rotation),
    ...(nextAt ? { nextAt } : {}),
    ...oldPassword(rotation),
    overdue: isOverdue(rotation, schedule, api.clock()),
    gapPossible:
      rotation.strategy === "single-user" &&
      (["postgres", "sqlserver"].includes(database.engine) || !hasAdmin(database)),
  };
}

function oldPassword(rotation: Rotation): Pick<RotationView, "oldPasswordUntil"> {
  const { graceSeconds, succeededAt, graceEnded, run } = rotation;
  if (graceSeconds === undefined || succeededAt === undefined || graceEnded === run) return {};
  return { oldPasswordUntil: new Date(Date.parse(succeededAt) + graceSeconds * 1000).toISOString() };
}

/** Without those that the configuration no longer has. */
export async function configuredRotations(api: ApiParts): Promise<Rotation[]> {
  return (await findRotations(api.table)).filter((it) => it.removedAt === undefined);
}

/** @throws NOT_ALLOWED */
export async function listRotations(api: ApiParts, call: Call): Promise<{ rotations: RotationView[] }> {
  if (!isAdmin(call) && !isAuditor(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only administrators and auditors see rotations", {
      next: "ask one of admins in dblease.yaml",
    });
  }
  return { rotations: await Promise.all((await configuredRotations(api)).map((it) => view(api, it))) };
}

/**
 * Has Secrets Manager begin a run now.
 * @throws NOT_ALLOWED, NOT_FOUND, WRONG_STATUS (a run is under way, or no schedule is on the secret).
 */
export async function rotateNow(api: ApiParts, call: Call, id: string): Promise<RotationRunView> {
  if (!isAdmin(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only administrators may rotate", {
      next: "ask one of admins in dblease.yaml",
    });
  }
  return beginRotation(api, await readRotation(api.table, id));
}
