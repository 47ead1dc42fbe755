import { randomBytes, randomUUID } from "node:crypto";
import type { Command } from "commander";
import { durationText } from "../../src/duration.ts";
import { newSecret } from "../../src/verifiers/new-secret.ts";
import type { DraftView } from "../../src/views.ts";
import type { Context } from "../context.ts";
import { engineOf } from "../engine-of.ts";
import { examples, grantId, timeoutOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { printable } from "../printable.ts";
import { waitForAccess } from "../request-outcome.ts";
import type { Run } from "../run.ts";
import { table } from "../table.ts";

function row({ id, database, role, durationSeconds, source, claimBy, reason }: DraftView): string[] {
  const time = durationSeconds === undefined ? "" : durationText(durationSeconds);
  return [id, database, role, time, source, `until ${claimBy}`, reason].map(printable);
}

async function list({ api }: Context): Promise<Outcome> {
  const drafts = await api.drafts();
  if (drafts.length === 0) return { data: drafts, text: "", words: "Nothing waits for your claim." };
  return { data: drafts, text: table(drafts.map(row)) };
}

async function claim(
  context: Context,
  id: string,
  options: { wait: boolean; timeout: number },
): Promise<Outcome> {
  const { api, passwords } = context;
  await passwords.ready();
  const draft = (await api.drafts()).find((it) => it.id === id);
  const engine = draft ? await engineOf(api, draft.database) : "postgres";
  const { password, verifier } = newSecret(engine, randomBytes);
  const grant = await api.claim(id, verifier, randomUUID());
  // Before anything is printed: whoever reads the id may count on the password being there.
  if (grant.model === "native") await passwords.keep(grant.id, password);
  return waitForAccess(context, grant, options);
}

export function addClaim(program: Command, run: Run): void {
  const command = program
    .command("claim")
    .summary("make a request of what an event proposed for you")
    .description(
      "Claim access that an event proposed for you; the rules decide as for any request. Without an id: what you may claim.",
    )
    .argument("[id]", "id of the draft, which becomes the grant's", grantId)
    .option("--no-wait", "return at once; exit code 5 while it is pending")
    .addOption(timeoutOption())
    .action(
      run((context, self) => {
        const id: string | undefined = self.processedArgs[0];
        return id === undefined ? list(context) : claim(context, id, self.opts());
      }),
    );
  examples(command, ["dblease claim", "dblease claim 7k2m9q4x1c0z --no-wait --json"]);
}
