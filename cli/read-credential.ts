import type { GrantView } from "../src/views.ts";
import type { Context } from "./context.ts";
import { type Credential, credentialOf } from "./credential.ts";
import { credentialTexts } from "./credential-texts.ts";
import { Failure } from "./failure.ts";
import { tokenOf } from "./token-of.ts";

/** What opens this grant: the password of this machine, or a token that is fresh now. */
async function secretOf(context: Context, grant: GrantView): Promise<string> {
  const { id, model } = grant;
  if (model === "iam") return (await tokenOf(context, grant)).token;
  const password = await context.passwords.read(id);
  if (password !== undefined) return password;
  throw new Failure(
    "NO_ACTIVE_GRANT",
    `the password of grant ${id} is not on this machine; it never leaves the one it was made on`,
    `dblease credential ${id} --new`,
  );
}

/** The login of an active grant, with the authority that its server is checked against. */
export async function readCredential(context: Context, grant: GrantView): Promise<Credential> {
  const password = await secretOf(context, grant);
  const ca = grant.connection?.ca;
  const known = context.env[credentialTexts(grant).authorityVariable];
  const authority = ca === undefined ? known : await context.passwords.keepFile(grant.id, "ca.pem", ca);
  return credentialOf(grant, password, authority);
}

/** Writes the file that the engine's clients read and answers its path. @throws USAGE where they read none. */
export async function keepOptionFile(context: Context, grant: GrantView, it: Credential): Promise<string> {
  const { file } = credentialTexts(grant);
  if (file) return context.passwords.keepFile(grant.id, "cnf", file(it));
  throw new Failure(
    "USAGE",
    `clients of ${grant.engine} read no such file`,
    `dblease credential ${grant.id} --env`,
  );
}
