import type { Command } from "commander";
import { examples, grantId } from "../options.ts";
import type { Run } from "../run.ts";
import { tokenOf } from "../token-of.ts";

export function addToken(program: Command, run: Run): void {
  const command = program
    .command("token")
    .summary("a login token of an active grant by IAM")
    .description(
      "Print a login token, good for 15 minutes and not beyond the grant. Nothing else is on stdout.",
    )
    .argument("<id>", "grant id", grantId)
    .option("--member <id>", "a reader or replica instead of the writer");
  command.action(
    run(async (context, self) => {
      const grant = await context.api.grant(self.processedArgs[0]);
      const token = await tokenOf(context, grant, self.opts<{ member?: string }>().member);
      return { data: token, text: token.token };
    }),
  );
  examples(command, [
    'PGPASSWORD="$(dblease token 7k2m9q4x1c0z)" psql "host=orders.example user=jit_7k2m9q4x1c0z dbname=orders sslmode=verify-full"',
    "dblease token 7k2m9q4x1c0z --json",
  ]);
}
