import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { DbleaseError } from "../../src/errors.ts";
import { Failure } from "../failure.ts";
import { examples } from "../options.ts";
import type { Run } from "../run.ts";

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new Failure(
      "BAD_CONFIGURATION",
      `there is no file ${file} that can be read`,
      "dblease policy check <file>",
    );
  }
}

/** Checks a configuration on this machine: a pull request needs neither an account nor the API. */
export function addPolicyCheck(policy: Command, run: Run): void {
  const check = policy
    .command("check")
    .summary("check dblease.yaml and run the examples beside its rules")
    .description("Check a configuration and run the examples beside its rules, on this machine alone.")
    .argument("[file]", "the configuration", "dblease.yaml");
  check.action(
    run(async (_context, self) => {
      const file: string = self.processedArgs[0];
      const text = textOf(file);
      // Loaded here: no other command needs the parser and the schema.
      const { readConfig } = await import("../../src/config.ts");
      const { runExamples } = await import("../../src/rule-examples.ts");
      try {
        const config = readConfig(text, file);
        const results = runExamples(config).map(({ place, decision }) => ({
          place,
          because: decision.because,
        }));
        const lines = results.map((it) => `${it.place}: ${it.because}`);
        const summary = `${file}: ${config.rules.length} rules, ${results.length} examples, all as expected`;
        return { data: { file, examples: results }, text: [...lines, summary].join("\n") };
      } catch (error) {
        if (error instanceof DbleaseError) throw new Failure(error.code, error.message, error.next);
        throw error;
      }
    }),
  );
  examples(check, ["dblease policy check", "dblease policy check staging.yaml --json"]);
}

/** The JSON schema of the configuration, for editors. */
export function addPolicySchema(policy: Command, run: Run): void {
  const schema = policy
    .command("schema")
    .summary("print the JSON schema of dblease.yaml, for editors")
    .description(
      "Print the JSON schema of dblease.yaml, for editors that complete and check while you write.",
    );
  schema.action(
    run(async () => {
      const { configJsonSchema } = await import("../../src/config-json-schema.ts");
      const data = configJsonSchema();
      return { data, text: JSON.stringify(data, undefined, 2) };
    }),
  );
  examples(schema, ["dblease policy schema > dblease.schema.json", "dblease policy schema --json"]);
}
