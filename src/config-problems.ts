/** What one part of the configuration says about another; every mistake with its place. */
import type { Config, DatabaseConfig, Rule } from "./config.ts";
import { databaseTag } from "./database-tag.ts";
import { strategyOf } from "./default-strategy.ts";
import { groupRoleName } from "./group-role.ts";
import { hasAdmin } from "./has-admin.ts";
import { isTraitName } from "./identity.ts";
import { peopleNames } from "./people-names.ts";
import { exampleProblem, runExamples } from "./rule-examples.ts";

function databaseProblems(config: Config, databaseId: string, database: DatabaseConfig): string[] {
  return database.roles.flatMap((role) => {
    const unknown = config.roles[role] ? [] : [`databases.${databaseId}.roles: no role is called "${role}"`];
    if (groupRoleName(databaseId, role).length <= 30) return unknown;
    const together = databaseId.length + role.length;
    return [
      ...unknown,
      `databases.${databaseId}: its id and the role "${role}" are ${together} characters together; 24 at most`,
    ];
  });
}

/** What TRUNCATE needs on an engine beside PostgreSQL, and what else comes along with it. */
const truncateNeeds: Partial<Record<DatabaseConfig["engine"], string>> = {
  mysql: "DROP, which drops tables as well",
  mariadb: "DROP, which drops tables as well",
  sqlserver: "ALTER, which changes tables as well",
};

/** What MySQL, MariaDB and SQL Server cannot give, or not without giving more. */
function engineProblems(config: Config, databaseId: string, database: DatabaseConfig): string[] {
  const { engine } = database;
  if (truncateNeeds[engine] === undefined) return [];
  const plain = database.tls === "off" ? [`databases.${databaseId}.tls: ${engine} needs TLS`] : [];
  const truncating = database.roles.filter((role) =>
    config.roles[role]?.some((scope) => scope.privileges.includes("truncate")),
  );
  const truncate = truncating.map(
    (role) =>
      `roles.${role}: on ${engine} truncate needs ${truncateNeeds[engine]}; take delete (databases.${databaseId})`,
  );
  return [...plain, ...truncate];
}

/** Where RDS has logins by IAM at all. */
const withIam: readonly DatabaseConfig["engine"][] = ["postgres", "mysql", "mariadb"];

/** `resourceIds` go with everything that a token is signed for, by the schema. */
function iamProblems(databaseId: string, { engine, resourceIds }: DatabaseConfig): string[] {
  if (resourceIds.length === 0 || withIam.includes(engine)) return [];
  return [`databases.${databaseId}: ${engine} has no logins by IAM; take model: native and adminSecret`];
}

/** A person's name is that of their IAM role, which has 64 characters at most. */
function roleNameProblems({ databases, persons }: Config): string[] {
  if (Object.values(databases).every((it) => it.mode === "broker")) return [];
  return Object.keys(persons)
    .filter((name) => name.length > 64)
    .map((name) => `persons.${name}: 64 characters at most where a database is in policy mode`);
}

/** What Oracle cannot give to a role, and what no other engine needs. */
function oracleProblems(config: Config, databaseId: string, database: DatabaseConfig): string[] {
  const at = `databases.${databaseId}`;
  if (database.engine !== "oracle") {
    return database.passwordsOverApi ? [`${at}.passwordsOverApi: only oracle needs it`] : [];
  }
  const scopes = database.roles.flatMap((role) =>
    (config.roles[role] ?? []).map((scope) => ({ role, scope })),
  );
  return [
    ...(database.tls === "off" ? [`${at}.tls: oracle needs TLS`] : []),
    ...scopes
      .filter(({ scope }) => scope.privileges.includes("truncate"))
      .map(({ role }) => `roles.${role}: on oracle truncate needs DROP ANY TABLE; take delete (${at})`),
    ...scopes
      .filter(({ scope }) => scope.privileges.includes("references"))
      .map(({ role }) => `roles.${role}: oracle gives references to no role (${at})`),
    ...scopes
      .filter(({ scope }) => scope.columns && scope.privileges.includes("select"))
      .map(({ role }) => `roles.${role}: oracle gives select on whole tables only; name a view (${at})`),
  ];
}

function isDatabaseName(config: Config, name: string): boolean {
  if (name === "*" || config.databases[name]) return true;
  const tag = databaseTag(name);
  return Object.values(config.databases).some((it) => tag !== undefined && it.tags[tag.key] === tag.value);
}

/** Breaking the glass needs nobody's yes, so somebody must look at it afterwards; and only then. */
function reviewProblems(rule: Rule): string[] {
  if (rule.effect !== "break-glass") {
    return rule.review ? [`rules.${rule.id}.review: only a break-glass rule has one`] : [];
  }
  const missing = rule.review
    ? []
    : [`rules.${rule.id}.review: say who reviews it: { anyOf: [...], within: 24h }`];
  return rule.approval === "none"
    ? missing
    : [...missing, `rules.${rule.id}.approval: a break-glass rule has none; its review comes afterwards`];
}

function stepProblems(config: Config, rule: Rule): string[] {
  if (rule.approval === "none") return [];
  const isOne = (name: string) => name !== "*" && !config.groups[name] && !isTraitName(name);
  return rule.approval.steps
    .filter((step) => step.anyOf.every(isOne) && step.minimum > new Set(step.anyOf).size)
    .map((step) => `rules.${rule.id}.approval: ${step.anyOf.join(", ")} are fewer than ${step.minimum}`);
}

function ruleProblems(config: Config, rule: Rule): string[] {
  const databases = rule.databases
    .filter((name) => !isDatabaseName(config, name))
    .map((name) => `rules.${rule.id}.databases: no database is called "${name}"`);
  const roles = rule.roles
    .filter((name) => name !== "*" && !config.roles[name])
    .map((name) => `rules.${rule.id}.roles: no role is called "${name}"`);
  const closed = rule.databases
    .filter((name) => config.databases[name] && !hasAdmin(config.databases[name]))
    .map((name) => `rules.${rule.id}.databases: ${name} has no admin, so that nobody is given access there`);
  return [...databases, ...closed, ...roles, ...reviewProblems(rule), ...stepProblems(config, rule)];
}

/** A tag that people may set on themselves would be a right that they give themselves (dangers 22). */
function traitProblems(config: Config): string[] {
  const keys = peopleNames(config).flatMap((name) =>
    name.startsWith("tag/") ? [name.slice(4).split("=")[0] ?? ""] : [],
  );
  return [...new Set(keys)]
    .filter((key) => !(config.trustedTags ?? []).includes(key))
    .map((key) => `trustedTags: name "${key}" there if people cannot set this tag on themselves`);
}

function eventProblems({ events, services }: Config): string[] {
  return events.flatMap((it) =>
    it.services
      .filter((name) => !services[name])
      .map((name) => `events.${it.source}.services: no service is called "${name}"`),
  );
}

/**
 * Two secrets of one user would break each other at each rotation. An admin secret that alternates would come with an
 * admin that did not make the users of live grants and cannot end them (dangers 14).
 */
function rotationProblems(config: Config): string[] {
  const { databases, rotations } = config;
  const all = Object.entries(rotations);
  const admins = new Set(Object.values(databases).map((it) => it.adminSecret));
  const unknown = all
    .filter(([, it]) => !databases[it.database])
    .map(([id, it]) => `rotations.${id}.database: no database is called "${it.database}"`);
  const alternating = all
    .filter(([, it]) => admins.has(it.secret) && strategyOf(config, it) === "alternating-users")
    .map(([id]) => `rotations.${id}.strategy: an admin secret is never alternated; write single-user`);
  const unpaired = all
    .filter(([, it]) => databases[it.database]?.engine === "oracle")
    .filter(([, it]) => strategyOf(config, it) === "alternating-users")
    .map(([id]) => `rotations.${id}.strategy: oracle keeps two passwords for a user; write single-user`);
  const graces = all
    .filter(([, it]) => it.grace !== undefined && strategyOf(config, it) === "single-user")
    .flatMap(([id, it]) => {
      const engine = databases[it.database]?.engine;
      const name = engine && onePassword[engine];
      return name === undefined
        ? []
        : [
            `rotations.${id}.grace: a single user of ${name} has one password; take grace out, or write alternating-users`,
          ];
    });
  const secrets = duplicates(all.map(([, it]) => it.secret)).map(
    (it) => `rotations: two entries have secret ${it}`,
  );
  const users = duplicates(all.map(([, it]) => `${it.user} on ${it.database}`)).map(
    (it) => `rotations: two entries rotate user ${it}`,
  );
  return [...unknown, ...alternating, ...unpaired, ...graces, ...secrets, ...users];
}

/** Engines that keep one password for a login. */
const onePassword: Partial<Record<DatabaseConfig["engine"], string>> = {
  postgres: "PostgreSQL",
  sqlserver: "SQL Server",
};

/** Where each user changes its own password there is nobody to make a second user, or to give the first a second password. */
function selfChangeProblems({ databases, rotations }: Config): string[] {
  const alone = Object.entries(databases).filter(([, it]) => !hasAdmin(it));
  const all = Object.entries(rotations);
  return alone.flatMap(([databaseId, { engine }]) => {
    const its = all.filter(([, it]) => it.database === databaseId);
    const name = "name adminSecret";
    return [
      ...(withIam.includes(engine)
        ? []
        : [`databases.${databaseId}: on ${engine} only an admin changes passwords; ${name}`]),
      ...(its.length > 0 ? [] : [`databases.${databaseId}: it has neither an admin nor a rotation; ${name}`]),
      ...its
        .filter(([, it]) => it.strategy === "alternating-users")
        .map(([id]) => `rotations.${id}.strategy: a pair needs an admin; write single-user, or ${name}`),
      ...its
        .filter(([, it]) => it.grace !== undefined && engine !== "postgres")
        .map(
          ([id]) =>
            `rotations.${id}.grace: a user that changes its own password keeps one; take grace out, or ${name}`,
        ),
    ];
  });
}

function duplicates(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}

function explainedProblems({ databases, explained = [] }: Config): string[] {
  return explained.flatMap((it, index) =>
    "database" in it && !databases[it.database]
      ? [`explained.${index}.database: no database is called "${it.database}"`]
      : [],
  );
}

/** Every mistake of a configuration whose fields are right one by one; examples are tried when nothing else is wrong. */
export function configProblems(config: Config): string[] {
  const problems = [
    ...Object.entries(config.databases).flatMap(([id, it]) => databaseProblems(config, id, it)),
    ...Object.entries(config.databases).flatMap(([id, it]) => engineProblems(config, id, it)),
    ...Object.entries(config.databases).flatMap(([id, it]) => oracleProblems(config, id, it)),
    ...Object.entries(config.databases).flatMap(([id, it]) => iamProblems(id, it)),
    ...Object.keys(config.groups)
      .filter((name) => config.persons[name])
      .map((name) => `groups.${name}: a person has this name already`),
    ...duplicates(config.rules.map((it) => it.id)).map((id) => `rules: two rules are called "${id}"`),
    ...config.rules.flatMap((it) => ruleProblems(config, it)),
    ...roleNameProblems(config),
    ...eventProblems(config),
    ...duplicates(config.events.map((it) => it.source)).map(
      (it) => `events: two entries have source "${it}"`,
    ),
    ...rotationProblems(config),
    ...selfChangeProblems(config),
    ...explainedProblems(config),
    ...traitProblems(config),
  ];
  if (problems.length > 0) return problems;
  return runExamples(config).flatMap((it) => exampleProblem(it) ?? []);
}
