import { DbleaseError } from "../errors.ts";
import type { Rotation } from "../rotation.ts";
import { changeRotation } from "../store/rotations.ts";
import { password as makePassword } from "../verifiers/password.ts";
import type { RotationStep, Run } from "./rotation-step.ts";
import { nextSecretText, readUserSecret } from "./user-secret.ts";
import { nextUser, usersOf } from "./users.ts";
import { currentVersion, runState, storePending } from "./versions.ts";

/**
 * First step: takes the users for this secret, notes that the run begins, and stores the next password as the pending
 * version. Nothing of the database is touched.
 * @returns the rotation as it is now. @throws WRONG_STATUS, USER_REFUSED, BAD_SECRET, LEASE_HELD, CONFLICT
 */
export async function createSecret<Connection>(
  step: RotationStep<Connection>,
  { rotation, run }: Run,
): Promise<Rotation> {
  const { secret, id } = rotation;
  const state = await runState(step.secrets, secret, run);
  if (state === "current") return rotation;
  if (state === "foreign") {
    throw new DbleaseError("WRONG_STATUS", `Secrets Manager has no such run of rotation ${id}`, {
      next: `dblease rotate ${id}`,
    });
  }
  const current = readUserSecret((await currentVersion(step.secrets, secret)).text, rotation.database.engine);
  const username = nextUser(rotation, current.username);
  const isRunning = rotation.status === "rotating" && rotation.run === run;
  const started = isRunning ? rotation : await start(step, { rotation, run });
  const password = makePassword(step.random);
  await storePending(step.secrets, secret, run, nextSecretText(current, { username, password }));
  return started;
}

function start<Connection>(step: RotationStep<Connection>, { rotation, run }: Run): Promise<Rotation> {
  const at = step.clock().toISOString();
  if (rotation.heldUntil !== undefined && at < rotation.heldUntil) {
    throw new DbleaseError(
      "CONFLICT",
      `the password before the last run of ${rotation.id} is being dropped`,
      {
        next: "nothing; Secrets Manager repeats the step by itself",
      },
    );
  }
  // A run before that has neither succeeded nor failed died, or was cancelled.
  const patch = { status: "rotating", run, startedAt: at } as const;
  return changeRotation(
    step.table,
    rotation,
    { patch, events: [{ name: "RotationStarted" }], at },
    usersOf(rotation),
  );
}
