/**
 * One login of a server that keeps two passwords for it: the next one is added beside the current one, which works until
 * the next run takes its place. The application's login works at every moment.
 */
import type { TwoPasswordUsers } from "../engines/application-users.ts";
import { asAdmin, bothVersions } from "./beforehand.ts";
import type { RotationStep, Run } from "./rotation-step.ts";

/** @throws USER_REFUSED, PENDING_REFUSED, ADMIN_LACKS_RIGHTS and what `open` throws. */
export async function setTwoPasswords<Connection>(
  step: RotationStep<Connection, TwoPasswordUsers<Connection>>,
  { rotation, run }: Run,
): Promise<void> {
  const versions = await bothVersions(step, { rotation, run });
  if (!versions) return;
  const { current, pending } = versions;
  await asAdmin(step, rotation, (admin) =>
    step.users.addPassword(admin, pending.username, { next: pending.password, current: current.password }),
  );
}
