/**
 * The configuration, `dblease.yaml`: which databases, which roles, who may ask for what, who may approve.
 * It is checked here and nowhere else; what passes is written to the table as a numbered item.
 */
import { parseDocument } from "yaml";
import * as z from "zod";
import { durationSeconds } from "./duration.ts";
import { DbleaseError } from "./errors.ts";
import { groupRoleName } from "./group-role.ts";
import { days, isTimeZone } from "./hours.ts";

/** Ids go into role names of the database, so they stay short and plain; `--` is left out to keep them unambiguous. */
const id = z
  .string()
  .regex(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    "write lower-case letters, digits and single hyphens, a letter first",
  );

const duration = z.string().transform((text, context) => {
  try {
    return durationSeconds(text);
  } catch (error) {
    context.addIssue({
      code: "custom",
      message: error instanceof DbleaseError ? `${error.message}; ${error.next}` : "not a duration",
    });
    return z.NEVER;
  }
});

const names = z.array(z.string().min(1)).min(1);
const privilege = z.enum(["select", "insert", "update", "delete", "truncate", "references"]);

const scope = z.strictObject({
  schemas: names,
  tables: names.optional(),
  columns: z.record(z.string(), names).optional(),
  privileges: z.array(privilege).min(1),
});

const database = z
  .strictObject({
    engine: z.enum(["postgres"]),
    instance: z.string().min(1).optional(),
    cluster: z.string().min(1).optional(),
    host: z.string().min(1).optional(),
    port: z.number().int().min(1).max(65_535).optional(),
    database: z.string().min(1),
    adminSecret: z
      .string()
      .regex(
        /^(arn:aws[a-z-]*:secretsmanager:.+|env:[A-Z_][A-Z0-9_]*)$/,
        "write a Secrets Manager ARN, or locally env:NAME",
      ),
    tls: z.union([z.literal("off"), z.strictObject({ ca: z.string().min(1) })]).optional(),
    roles: z.array(id).min(1),
  })
  .refine((it) => [it.instance, it.cluster, it.host].filter(Boolean).length === 1, {
    message: "name exactly one of instance, cluster (RDS identifiers) or host",
  })
  .refine((it) => (it.host === undefined) === (it.port === undefined), {
    message: "host and port go together",
  });

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write HH:MM, 24 hours");

/** A pattern for people's words; the whole text must match. */
const pattern = z.string().refine(
  (text) => {
    try {
      return Boolean(new RegExp(text, "u"));
    } catch {
      return false;
    }
  },
  { message: "not a regular expression" },
);

const hours = z.strictObject({
  days: z
    .array(z.enum(days))
    .min(1)
    .default([...days]),
  from: time,
  to: time,
  timeZone: z.string().refine(isTimeZone, { message: "no such time zone; write a name like Europe/Berlin" }),
});

const rule = z.strictObject({
  id,
  effect: z.enum(["allow", "deny"]).default("allow"),
  hours: hours.optional(),
  reason: pattern.optional(),
  ticket: pattern.optional(),
  who: names,
  databases: names,
  roles: names,
  limits: z
    .strictObject({
      max: duration.default(3600),
      default: duration.optional(),
      open: z.number().int().min(1).default(3),
      extensions: z.number().int().min(0).default(0),
    })
    .default({ max: 3600, open: 3, extensions: 0 }),
  approval: z
    .union([z.literal("none"), z.strictObject({ anyOf: names, within: duration.default(8 * 3600) })])
    .default("none"),
});

/** `iam-user/<name>` is resolved to the user's unique id on deploy; `role/<name>/<session>` needs a name-enforcing role. */
const principal = z
  .string()
  .regex(
    /^(AIDA[A-Z0-9]+|iam-user\/[\w+=,.@-]+|session\/[\w+=,.@-]+)$/,
    "write iam-user/<name>, a unique id (AIDA...) or session/<session name of a name-enforcing role>",
  );

/** Where the engine functions stand; without it they are outside any VPC, as on the local stack. */
const network = z.strictObject({
  vpc: z.string().min(1),
  availabilityZones: names,
  subnets: names,
  securityGroups: names,
});

const schema = z.strictObject({
  network: network.optional(),
  persons: z.record(z.string().regex(/^[a-z][\w.@-]*$/), z.array(principal).min(1)).default({}),
  groups: z.record(id, names).default({}),
  /** IAM roles whose trust policy fixes the session name; Identity Center's roles need not be listed. */
  nameEnforcingRoles: names.optional(),
  admins: names.optional(),
  auditors: names.optional(),
  roles: z.record(id, z.array(scope).min(1)),
  databases: z.record(id, database),
  rules: z.array(rule).min(1),
});

export type Config = z.infer<typeof schema>;
export type DatabaseConfig = Config["databases"][string];
export type Rule = Config["rules"][number];

/** The configuration as the table keeps it. */
export interface StoredConfig {
  version: number;
  config: Config;
}

/** What one part of the file says about another. */
function crossChecks(config: Config): string[] {
  const problems: string[] = [];
  for (const [databaseId, it] of Object.entries(config.databases)) {
    for (const role of it.roles) {
      if (!config.roles[role]) problems.push(`databases.${databaseId}.roles: no role is called "${role}"`);
      if (groupRoleName(databaseId, role).length > 30) {
        problems.push(
          `databases.${databaseId}: its id and the role "${role}" are ${databaseId.length + role.length} characters together; 24 at most`,
        );
      }
    }
  }
  for (const name of Object.keys(config.groups)) {
    if (config.persons[name]) problems.push(`groups.${name}: a person has this name already`);
  }
  const seen = new Set<string>();
  for (const it of config.rules) {
    if (seen.has(it.id)) problems.push(`rules: two rules are called "${it.id}"`);
    seen.add(it.id);
    for (const name of it.databases) {
      if (name !== "*" && !config.databases[name])
        problems.push(`rules.${it.id}.databases: no database is called "${name}"`);
    }
    for (const name of it.roles) {
      if (name !== "*" && !config.roles[name])
        problems.push(`rules.${it.id}.roles: no role is called "${name}"`);
    }
  }
  return problems;
}

function refuse(file: string, problems: readonly string[]): never {
  const [first, ...rest] = problems;
  const more = rest.length > 0 ? `\n${rest.join("\n")}` : "";
  throw new DbleaseError("BAD_CONFIGURATION", `${file}: ${first}${more}`, {
    next: `mend ${file}; docs/configuration.md names every field`,
  });
}

/**
 * The text of a `dblease.yaml` as a checked configuration; `file` names it in messages.
 * @throws BAD_CONFIGURATION, every mistake with its place (line and column where it is no YAML).
 */
export function readConfig(text: string, file: string): Config {
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake) refuse(file, [mistake.message.split("\n")[0] ?? mistake.message]);
  const result = schema.safeParse(document.toJS());
  if (!result.success) {
    refuse(
      file,
      result.error.issues.map((issue) => `${issue.path.join(".") || "the file"}: ${issue.message}`),
    );
  }
  const problems = crossChecks(result.data);
  if (problems.length > 0) refuse(file, problems);
  return result.data;
}
