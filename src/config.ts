/**
 * The configuration, `dblease.yaml`: which databases, which roles, who may ask for what, who may approve.
 * It is checked here and nowhere else; what passes is written to the table as a numbered item.
 */
import { type Document, parseDocument } from "yaml";
import type * as z from "zod";
import { configProblems } from "./config-problems.ts";
import { configSchema } from "./config-schema.ts";
import { DbleaseError } from "./errors.ts";

export type Config = z.infer<typeof configSchema>;
export type DatabaseConfig = Config["databases"][string];
export type Rule = Config["rules"][number];
export type RotationConfig = Config["rotations"][string];
export type RuleExample = Rule["examples"][number];

/** The configuration as the table keeps it. */
export interface StoredConfig {
  version: number;
  config: Config;
}

function refuse(file: string, problems: readonly string[]): never {
  const [first, ...rest] = problems;
  const more = rest.length > 0 ? `\n${rest.join("\n")}` : "";
  throw new DbleaseError("BAD_CONFIGURATION", `${file}: ${first}${more}`, {
    next: `mend ${file}; docs/configuration.md names every field`,
  });
}

/** Aliases are resolved only now: one that leads nowhere, or thousands of them, are mistakes like any other. */
function toValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return refuse(file, [error instanceof Error ? error.message : String(error)]);
  }
}

/**
 * The text of a `dblease.yaml` as a checked configuration; `file` names it in messages.
 * @throws BAD_CONFIGURATION, every mistake with its place (line and column where it is no YAML).
 */
export function readConfig(text: string, file: string): Config {
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake) refuse(file, [mistake.message.split("\n")[0] ?? mistake.message]);
  const result = configSchema.safeParse(toValue(document, file));
  if (!result.success) {
    refuse(
      file,
      result.error.issues.map((issue) => `${issue.path.join(".") || "the file"}: ${issue.message}`),
    );
  }
  const problems = configProblems(result.data);
  if (problems.length > 0) refuse(file, problems);
  return result.data;
}
