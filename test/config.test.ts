import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readConfig } from "../src/config.ts";

const good = `
roles: { read-only: [{ schemas: [public], privileges: [select] }] }
databases:
  orders: { engine: postgres, host: db, port: 5432, database: orders, adminSecret: env:A, roles: [read-only] }
rules: [{ id: read, who: ["*"], databases: [orders], roles: [read-only] }]
`;

/** The database by IAM, on this engine, with these fields. */
const byIam = (engine: string, fields: string) =>
  good.replace("postgres, host: db, port: 5432", `${engine}, instance: db, model: iam, ${fields}`);
const ids = "resourceIds: [db-ABC]";

test.each([
  byIam("mysql", ids),
  byIam("mariadb", `adminUser: dblease, ${ids}`),
  byIam("postgres", `adminUser: dblease, ${ids}`),
  byIam("postgres", "adminUser: dblease, proxy: a-proxy, resourceIds: [db-ABC, prx-1f]"),
  byIam("mysql", "proxy: a-proxy, resourceIds: [prx-1f]"),
])("grants by IAM, and the admin that they need there", (text) => {
  expect(readConfig(text, "x.yaml").databases.orders?.model).toBe("iam");
});

test("the sample at the root is right", () => {
  const config = readConfig(readFileSync("dblease.yaml", "utf8"), "dblease.yaml");
  expect(Object.keys(config.databases)).toEqual(["orders"]);
  expect(config.rules.map((it) => it.limits.max)).toEqual([14_400, 3600]);
});

test("what a rule leaves out has a default", () => {
  expect(readConfig(good, "x.yaml").rules[0]).toMatchObject({
    approval: "none",
    limits: { open: 3 },
  });
});

/** The database without an admin, on this engine, with these fields, and one rotation. */
const alone = (engine: string, fields = "", rotation = "") => `
databases: { orders: { engine: ${engine}, host: db, port: 5432, database: orders${fields} } }
rotations: { app: { database: orders, secret: env:B, user: app, schedule: rate(30 days)${rotation} } }
`;

test.each(["postgres", "mysql", "mariadb"])("%s without an admin, for rotations alone", (engine) => {
  expect(readConfig(alone(engine), "x.yaml").databases.orders?.roles).toEqual([]);
});

test.each([
  ["access without an admin", alone("postgres", ", roles: [read-only]"), "name the admin: adminSecret"],
  [
    "a rule for a database without an admin",
    `${alone("postgres")}roles: { read-only: [{ schemas: [public], privileges: [select] }] }
rules: [{ id: read, who: ["*"], databases: [orders], roles: [read-only] }]`,
    "rules.read.databases: orders has no admin",
  ],
  ["an admin without roles", alone("postgres", ", adminSecret: env:A"), "name the roles"],
  [
    "neither an admin nor a rotation",
    good.replace(", adminSecret: env:A, roles: [read-only]", "").replace(/rules.*/, ""),
    "neither an admin nor a rotation",
  ],
  [
    "no admin where only admins change passwords",
    alone("sqlserver"),
    "on sqlserver only an admin changes passwords",
  ],
  ["a pair without an admin", alone("mysql", "", ", strategy: alternating-users"), "a pair needs an admin"],
  [
    "grace without an admin",
    alone("mysql", "", ", grace: 2d"),
    "rotations.app.grace: a user that changes its own password keeps one",
  ],
  ["a tab where YAML wants spaces", "\troles: x", "line 1"],
  ["grants by IAM on PostgreSQL with an admin's password", byIam("postgres", ids), "name adminUser"],
  ["grants by IAM for no server that is listed", byIam("mariadb", "tags: {}"), "resourceIds go with"],
  [
    "a server that is listed and for which nothing is signed",
    byIam("mysql", ids).replace("model: iam", "model: native"),
    "resourceIds go with",
  ],
  ["a proxy that is not listed", byIam("mysql", `proxy: a-proxy, ${ids}`), "proxy goes with its prx-"],
  [
    "a listed proxy that is not named",
    byIam("mysql", "resourceIds: [db-ABC, prx-1f]"),
    "proxy goes with its",
  ],
  [
    "an admin that would have to go through the proxy",
    byIam("postgres", "adminUser: dblease, proxy: a-proxy, resourceIds: [prx-1f]"),
    "adminUser goes past the proxy",
  ],
  [
    "a proxy for passwords",
    byIam("mysql", "proxy: a-proxy, adminUser: dblease, resourceIds: [db-A, prx-1f]").replace(
      "model: iam",
      "model: native",
    ),
    "a proxy is for grants by IAM",
  ],
  [
    "a proxy's name with a command in it",
    byIam("mysql", 'proxy: "a; rm", resourceIds: [prx-1f]'),
    "write the name of an RDS Proxy",
  ],
  ["grants by IAM on Oracle", byIam("oracle", ids), "databases.orders: oracle has no logins by IAM"],
  [
    "grants by IAM on SQL Server",
    byIam("sqlserver", ids),
    "databases.orders: sqlserver has no logins by IAM",
  ],
  ["a field nobody knows", good.replace("host: db", "hots: db"), "databases.orders"],
  [
    "a role that does not exist",
    good.replace("roles: [read-only] }\nrules", "roles: [admin] }\nrules"),
    'no role is called "admin"',
  ],
  [
    "a rule for an unknown database",
    good.replace("databases: [orders]", "databases: [oders]"),
    'rules.read.databases: no database is called "oders"',
  ],
  [
    "a duration that is none",
    good.replace("roles: [read-only] }]", "roles: [read-only], limits: { max: soon } }]"),
    '"soon" is not a duration',
  ],
  [
    "host and instance together",
    good.replace("host: db", "instance: db, host: db"),
    "exactly one of instance, cluster",
  ],
  ["a host without a port", good.replace("port: 5432, ", ""), "host and port go together"],
  [
    "a service that does not exist",
    `${good}events: [{ source: acme.jobs, services: [nightly] }]`,
    'events.acme.jobs.services: no service is called "nightly"',
  ],
  ["events of our own bus", `${good}events: [{ source: dblease }]`, "events.0.source"],
  [
    "a rotation of a database that does not exist",
    `${good}rotations: { app: { database: oders, secret: env:B, user: app, schedule: rate(30 days) } }`,
    'rotations.app.database: no database is called "oders"',
  ],
  [
    "a user explained on a database that does not exist",
    `${good}explained: [{ database: oders, user: app, because: "the shop" }]`,
    'explained.0.database: no database is called "oders"',
  ],
  [
    "a principal by its ARN",
    `${good}explained: [{ principal: "arn:aws:iam::1:role/x", because: "why" }]`,
    "write user/<name>, role/<name> or group/<name>",
  ],
  [
    "an admin secret that alternates",
    `${good}rotations: { app: { database: orders, secret: env:A, user: app, strategy: alternating-users, schedule: rate(30 days) } }`,
    "an admin secret is never alternated",
  ],
  [
    "a time of grace where an account keeps one password",
    `${good}rotations: { app: { database: orders, secret: env:B, user: app, grace: 2d, schedule: rate(30 days) } }`,
    "rotations.app.grace: a single user of PostgreSQL has one password",
  ],
  [
    "a pair on Oracle",
    `${good.replace("postgres", "oracle")}rotations: { app: { database: orders, secret: env:B, user: app, strategy: alternating-users, schedule: rate(30 days) } }`,
    "rotations.app.strategy: oracle keeps two passwords for a user",
  ],
  [
    "columns to read on Oracle",
    good.replace("postgres", "oracle").replace("schemas: [public]", "schemas: [S], columns: { T: [C] }"),
    "roles.read-only: oracle gives select on whole tables only",
  ],
  [
    "plain text on Oracle",
    good.replace("postgres", "oracle, tls: off"),
    "databases.orders.tls: oracle needs TLS",
  ],
  [
    "passwords over the API where verifiers do",
    good.replace("postgres", "postgres, passwordsOverApi: true"),
    "databases.orders.passwordsOverApi: only oracle needs it",
  ],
  [
    "two secrets for one user",
    `${good}rotations:
  one: { database: orders, secret: env:B, user: app, schedule: rate(30 days) }
  two: { database: orders, secret: env:C, user: app, schedule: rate(30 days) }`,
    "rotations: two entries rotate user app on orders",
  ],
  [
    "a rate that Secrets Manager does not take",
    `${good}rotations: { app: { database: orders, secret: env:B, user: app, schedule: rate(1 hours) } }`,
    "rotations.app.schedule: write rate(4 hours) to rate(999 days)",
  ],
  ["a password where a secret is named", good.replace("env:A", "hunter2"), "Secrets Manager ARN"],
  [
    "an id that would not fit a role name",
    good
      .replace("orders: {", "orders-of-the-whole-wide-world: {")
      .replace("[orders]", "[orders-of-the-whole-wide-world]"),
    "24 at most",
  ],
  [
    "plain text with MySQL",
    good.replace("postgres, host", "mysql, tls: off, host"),
    "databases.orders.tls: mysql needs TLS",
  ],
  [
    "truncate on MariaDB",
    good.replace("[select]", "[select, truncate]").replace("postgres", "mariadb"),
    "truncate needs DROP",
  ],
  ["an engine that is not built", good.replace("postgres", "db2"), "databases.orders.engine"],
  ["an unknown privilege", good.replace("[select]", "[drop]"), "privileges"],
])("%s is refused with its place", (_title, text, place) => {
  expect(() => readConfig(text, "x.yaml")).toThrow(
    expect.objectContaining({ code: "BAD_CONFIGURATION", message: expect.stringContaining(place) }),
  );
});

test("every mistake is named at once", () => {
  const two = good.replace("host: db, ", "").replace("databases: [orders]", "databases: []");
  expect(() => readConfig(two, "x.yaml")).toThrow(/exactly one[\s\S]*rules\.0\.databases/);
});
