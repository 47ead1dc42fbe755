import { randomBytes, randomUUID } from "node:crypto";
import { durationText } from "../src/duration.ts";
import { newSecret } from "../src/verifiers/new-secret.ts";
import type { GrantView } from "../src/views.ts";
import type { NewGrant } from "./api.ts";
import type { Context } from "./context.ts";
import { engineOf } from "./engine-of.ts";

/** Asks for access. The password rests on this machine before anything is printed; a grant by IAM has none. */
export async function requestAccess({ api, passwords, words }: Context, wish: NewGrant): Promise<GrantView> {
  await passwords.ready();
  const engine = await engineOf(api, wish.database, wish.startAt);
  const { password, verifier } = newSecret(engine, randomBytes);
  const grant = await api.createGrant({ ...wish, verifier }, randomUUID());
  if (grant.model === "native") await passwords.keep(grant.id, password);
  await passwords.tidy([grant]);
  words.write(`${grant.id}: ${wish.role} on ${wish.database} for ${durationText(wish.durationSeconds)}\n`);
  return grant;
}
