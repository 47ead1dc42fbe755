import { randomBytes } from "node:crypto";
import type { Command } from "commander";
import type { GrantStatus } from "../../src/grant.ts";
import { newSecret } from "../../src/verifiers/new-secret.ts";
import type { GrantView } from "../../src/views.ts";
import type { Context } from "../context.ts";
import { exportLines } from "../credential.ts";
import { credentialTexts } from "../credential-texts.ts";
import { Failure } from "../failure.ts";
import { examples, grantId } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { keepOptionFile, readCredential } from "../read-credential.ts";
import type { Run } from "../run.ts";
import { table } from "../table.ts";
import { resumeCommand, waitFor } from "../wait.ts";

const onTheWay: readonly GrantStatus[] = ["requested", "approved", "granting"];

/** How long a database may take to store another verifier before something is wrong. */
const replacementSeconds = 120;

function assertActive(grant: GrantView): void {
  if (grant.status === "active") return;
  if (onTheWay.includes(grant.status)) {
    throw new Failure(
      "PENDING",
      `grant ${grant.id} is ${grant.status}, not active yet`,
      resumeCommand(grant.id),
    );
  }
  throw new Failure(
    "NO_ACTIVE_GRANT",
    `grant ${grant.id} is ${grant.status}`,
    "dblease request asks for a new one",
  );
}

/** Gives the grant another password; sessions that were opened with the old one end. */
async function replacePassword(context: Context, id: string): Promise<GrantView> {
  const { api, passwords } = context;
  const grant = await api.grant(id);
  assertActive(grant);
  await passwords.ready();
  const { password, verifier } = newSecret(grant.engine, randomBytes);
  const sent = await api.replaceVerifier(id, verifier);
  // From here on the old password is on its way out, whatever becomes of this command.
  await passwords.keep(id, password);
  const last = await waitFor(context, sent, {
    settled: (it) => it.status !== "active" || it.verifierApplied >= sent.verifierNumber,
    timeoutSeconds: replacementSeconds,
    whenInterrupted: `stopped waiting; the new password of ${id} is kept here and comes into force by itself`,
  });
  assertActive(last);
  if (last.verifierApplied >= sent.verifierNumber) return last;
  throw new Failure(
    "PENDING",
    `the database has not taken the new password of ${id} yet`,
    `dblease credential ${id}`,
  );
}

interface Options {
  env?: true;
  uri?: true;
  file?: true;
  new?: true;
}

function assertOneForm(options: Options): void {
  if ([options.env, options.uri, options.file].filter(Boolean).length < 2) return;
  throw new Failure("USAGE", "--env, --uri and --file cannot go together", "dblease credential --help");
}

async function credential(context: Context, id: string, options: Options): Promise<Outcome> {
  assertOneForm(options);
  const grant = options.new ? await replacePassword(context, id) : await context.api.grant(id);
  assertActive(grant);
  const it = await readCredential(context, grant);
  const texts = credentialTexts(grant);
  const text = options.file
    ? await keepOptionFile(context, grant, it)
    : options.env
      ? exportLines(texts.variables(it))
      : options.uri
        ? texts.uri(it)
        : table(Object.entries(it).map(([name, value]) => [name, String(value)]));
  if (it.sslmode === "disable" || it.sslrootcert !== undefined) return { data: it, text };
  return { data: it, text, words: texts.authorityHint };
}

export function addCredential(program: Command, run: Run): void {
  const command = program
    .command("credential")
    .summary("host, user and password of an active grant")
    .description(
      "Print host, user and password of an active grant. The password was made on the machine that asked.",
    )
    .argument("<id>", "grant id", grantId)
    .option("--env", "as export lines for the shell")
    .option("--uri", "as one address, postgresql://, mysql:// or sqlserver://")
    .option("--file", "into an option file for MySQL and MariaDB clients; prints its path")
    .option("--new", "make a new password here; sessions of the old one end")
    .action(run((context, self) => credential(context, self.processedArgs[0], self.opts<Options>())));
  examples(command, [
    'eval "$(dblease credential 7k2m9q4x1c0z --env)" && psql',
    'mysql --defaults-extra-file="$(dblease credential 7k2m9q4x1c0z --file)"',
  ]);
}
