/**
 * One step of Secrets Manager's rotation contract. Any step may be repeated, run twice at a time or die: what is done
 * already is found done. A step that fails is retried by Secrets Manager, with all steps before it.
 */
import type { ApplicationUsers } from "../engines/application-users.ts";
import { DbleaseError } from "../errors.ts";
import { hasAdmin } from "../has-admin.ts";
import type { Difference, Rotation } from "../rotation.ts";
import { changeRotation, findRotation } from "../store/rotations.ts";
import { setAlternatingUsers } from "./alternating-users.ts";
import { finishBeforehand, testBeforehand } from "./beforehand.ts";
import { createSecret } from "./create-secret.ts";
import { endGrace } from "./end-grace.ts";
import type { RotationStep, Run } from "./rotation-step.ts";
import { finishSingleUser, type LateUsers } from "./single-user.ts";
import { setTwoPasswords } from "./two-passwords.ts";

const steps = ["createSecret", "setSecret", "testSecret", "finishSecret", "endGrace"] as const;
type StepName = (typeof steps)[number];

/** What Secrets Manager sends; `endGrace` is our own, long after the others. */
interface RotationRequest {
  SecretId: string;
  ClientRequestToken: string;
  Step: StepName;
}

function requestOf(event: unknown): RotationRequest {
  const { SecretId, ClientRequestToken, Step } = { ...(event as Partial<RotationRequest>) };
  const name = steps.find((it) => it === Step);
  if (typeof SecretId === "string" && typeof ClientRequestToken === "string" && name) {
    return { SecretId, ClientRequestToken, Step: name };
  }
  throw new DbleaseError("BAD_REQUEST", "this is no step of a rotation", {
    next: "let Secrets Manager call this function: dblease rotate",
  });
}

/** The rotation of this secret. @throws NOT_FOUND where the configuration has none: then nothing is touched. */
async function rotationOf<Connection>(step: RotationStep<Connection>, secret: string): Promise<Rotation> {
  const rotation = await findRotation(step.table, secret);
  if (rotation && rotation.removedAt === undefined) return rotation;
  throw new DbleaseError("NOT_FOUND", "no rotation in dblease.yaml names this secret", {
    next: "write it under rotations: and deploy, or take the rotation off the secret",
  });
}

/** @throws what the step throws; it is written to the rotation first, without anything of the secret. */
export async function runRotationStep<Connection>(
  step: RotationStep<Connection>,
  event: unknown,
): Promise<void> {
  const { SecretId: secret, ClientRequestToken: run, Step: name } = requestOf(event);
  const known =
    name === "createSecret" || name === "endGrace" || step.newest?.run !== run
      ? undefined
      : step.newest.rotation;
  const rotation = known ?? (await rotationOf(step, secret));
  delete step.newest;
  try {
    step.newest = { run, rotation: await perform(step, name, { rotation, run }) };
  } catch (error) {
    // Another call is at work on this rotation, and notes what becomes of it; Secrets Manager repeats the step.
    if (error instanceof DbleaseError && error.code === "CONFLICT") throw error;
    await noteFailure(step, { rotation, run }, name, error);
    throw error;
  }
}

/** For a server that keeps one password, and where there is no admin to add a second. */
function lateUsers<Connection>(
  users: ApplicationUsers<Connection>,
  { database }: Rotation,
): LateUsers<Connection> | undefined {
  if (users.passwords === "one") return users;
  if (hasAdmin(database) || !users.changeOwnPassword) return undefined;
  return { close: users.close, changePassword: users.changeOwnPassword };
}

/** @returns the rotation as the step left it. */
async function perform<Connection>(
  step: RotationStep<Connection>,
  name: StepName,
  at: Run,
): Promise<Rotation> {
  const { users } = step;
  const alternates = at.rotation.strategy === "alternating-users";
  if (name === "createSecret") return createSecret(step, at);
  if (name === "endGrace") return endGrace(step, at);
  const late = alternates ? undefined : lateUsers(users, at.rotation);
  if (late) {
    // One password is changed and proved at the very end: there is nothing to set or to test before.
    return name === "finishSecret"
      ? succeed(step, at, await finishSingleUser({ ...step, users: late }, at))
      : at.rotation;
  }
  if (name === "finishSecret") {
    await finishBeforehand(step, at);
    return succeed(step, at);
  }
  if (name === "testSecret") await testBeforehand(step, at);
  else if (alternates) return noteDifferences(step, at, await setAlternatingUsers(step, at));
  else if (users.passwords === "two") await setTwoPasswords({ ...step, users }, at);
  return at.rotation;
}

/** Written where they have changed, so that a pair in order costs nothing. */
async function noteDifferences<Connection>(
  step: RotationStep<Connection>,
  { rotation }: Run,
  differences: readonly Difference[],
): Promise<Rotation> {
  const told = (all: readonly Difference[] = []) => all.map((it) => it.sentence).join("\n");
  if (told(differences) === told(rotation.differences)) return rotation;
  const at = step.clock().toISOString();
  return changeRotation(step.table, rotation, { patch: { differences }, events: [], at });
}

async function succeed<Connection>(
  step: RotationStep<Connection>,
  { rotation, run }: Run,
  healed?: string,
): Promise<Rotation> {
  if (rotation.status === "succeeded" && rotation.run === run) return rotation;
  const at = step.clock().toISOString();
  const because = healed ?? (rotation.failures ? "the runs before had failed" : undefined);
  return changeRotation(step.table, rotation, {
    patch: { status: "succeeded", run, succeededAt: at, failure: undefined, failures: undefined },
    events: [
      ...(because ? [{ name: "RotationHealed" as const, because }] : []),
      { name: "RotationSucceeded" },
    ],
    at,
  });
}

/** The rotation is read again: the step may have changed it. That it cannot be noted must not hide why it failed. */
async function noteFailure<Connection>(
  step: RotationStep<Connection>,
  { rotation: { secret }, run }: Run,
  name: StepName,
  error: unknown,
): Promise<void> {
  const at = step.clock().toISOString();
  const known =
    error instanceof DbleaseError
      ? { code: error.code, message: error.message, next: error.next }
      : {
          code: "UNAVAILABLE",
          message: error instanceof Error ? error.name : "failed",
          next: "dblease rotate",
        };
  try {
    const rotation = await rotationOf(step, secret);
    // Another call of the same step was faster and did it.
    if (rotation.status === "succeeded" && rotation.run === run) return;
    await changeRotation(step.table, rotation, {
      patch: {
        status: "failed",
        // Also of a run that had not come to its beginning: somebody waits for it.
        run,
        failure: { step: name, ...known, at },
        failures: (rotation.failures ?? 0) + 1,
      },
      events: [{ name: "RotationFailed" }],
      at,
    });
  } catch (writing) {
    console.error(JSON.stringify({ message: "failure not noted", rotation: secret, error: String(writing) }));
  }
}
