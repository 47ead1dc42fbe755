import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scramSha256 } from "../../src/verifiers/scram-sha-256.ts";
import { type Desk, openDesk } from "./cli-desk.ts";
import { activeGrant, grantView, id, revokedGrant } from "./grant-view.ts";

const password = "Aq3_zzzzzzzzzzzzzzzzzzzzzzzzz-";
let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

function keepPassword(text = password): void {
  mkdirSync(desk.stateFolder, { recursive: true, mode: 0o700 });
  writeFileSync(join(desk.stateFolder, id), text, { mode: 0o600 });
}

test("--json holds all that a client needs, and the authority lies in a file next to the password", async () => {
  keepPassword();
  desk.api.answer(`GET /grants/${id}`, { body: activeGrant() });
  const { code, stdout } = await desk.dblease(["credential", id, "--json"]);
  expect(code).toBe(0);
  const authority = join(desk.stateFolder, `${id}.ca.pem`);
  expect(JSON.parse(stdout)).toEqual({
    data: {
      host: "127.0.0.1",
      port: 5432,
      username: `jit_${id}`,
      password,
      database: "orders",
      sslmode: "verify-full",
      sslrootcert: authority,
    },
  });
  expect(readFileSync(authority, "utf8")).toBe("-----PEM-----\n");
  expect(statSync(authority).mode & 0o777).toBe(0o600);
});

test("--env prints export lines that a shell reads back unchanged", async () => {
  keepPassword("it's $HOME `id`");
  const connection = { host: "db.example", port: 6543, database: "or ders", tls: "off" } as const;
  desk.api.answer(`GET /grants/${id}`, { body: activeGrant({ connection }) });
  const { stdout } = await desk.dblease(["credential", id, "--env"]);
  const { execFileSync } = await import("node:child_process");
  const names = ["PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSSLMODE", "PGSSLROOTCERT"];
  const echo = names.map((name) => `printf '%s\\n' "\${${name}-unset}"`).join(";");
  const read = execFileSync("/bin/sh", ["-c", `${stdout}\n${echo}`], { encoding: "utf8" });
  expect(read.trim().split("\n")).toEqual([
    "db.example",
    "6543",
    `jit_${id}`,
    "it's $HOME `id`",
    "or ders",
    "disable",
    "unset",
  ]);
});

test("--uri is one address with the password percent-encoded", async () => {
  keepPassword("a/b@c:d?e#f%");
  desk.api.answer(`GET /grants/${id}`, { body: activeGrant() });
  const { stdout } = await desk.dblease(["credential", id, "--uri"]);
  const url = new URL(stdout.trim());
  expect(stdout).not.toContain("a/b@c");
  expect(decodeURIComponent(url.password)).toBe("a/b@c:d?e#f%");
  expect([url.username, url.host, url.pathname]).toEqual([`jit_${id}`, "127.0.0.1:5432", "/orders"]);
  expect(url.searchParams.get("sslmode")).toBe("verify-full");
  expect(url.searchParams.get("sslrootcert")).toBe(join(desk.stateFolder, `${id}.ca.pem`));
});

const mysqlGrant = (changes = {}) => activeGrant({ engine: "mysql", ...changes });

test("--file writes what MySQL and MariaDB clients read, for its owner only, and prints no password", async () => {
  keepPassword('a"b\\c#d');
  desk.api.answer(`GET /grants/${id}`, { body: mysqlGrant() });
  const { code, stdout, stderr } = await desk.dblease(["credential", id, "--file"]);
  expect(code, stderr).toBe(0);
  const file = join(desk.stateFolder, `${id}.cnf`);
  expect(stdout.trim()).toBe(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8").split("\n")).toEqual([
    "[client]",
    'host = "127.0.0.1"',
    "port = 5432",
    "protocol = TCP",
    `user = "jit_${id}"`,
    'password = "a\\"b\\\\c#d"',
    "loose-ssl-mode = VERIFY_IDENTITY",
    "loose-ssl-verify-server-cert = 1",
    `ssl-ca = "${join(desk.stateFolder, `${id}.ca.pem`)}"`,
    "[mysql]",
    'database = "orders"',
    "",
  ]);
});

test("MySQL's variables and address carry the password, and the authority that the user named", async () => {
  keepPassword("a/b@c");
  const connection = { host: "db.example", port: 3306, database: "shop", tls: "verify-full" } as const;
  desk.api.answer(`GET /grants/${id}`, { body: mysqlGrant({ connection }) });
  const env = await desk.dblease(["credential", id, "--env"], { MYSQL_SSL_CA: "/etc/rds.pem" });
  expect(env.stdout.trim().split("\n")).toEqual([
    "export MYSQL_HOST='db.example'",
    "export MYSQL_TCP_PORT='3306'",
    `export MYSQL_USER='jit_${id}'`,
    "export MYSQL_PWD='a/b@c'",
    "export MYSQL_DATABASE='shop'",
    "export MYSQL_SSL_CA='/etc/rds.pem'",
  ]);
  const uri = await desk.dblease(["credential", id, "--uri"]);
  expect(uri.stdout.trim()).toBe(`mysql://jit_${id}:a%2Fb%40c@db.example:3306/shop?ssl-mode=VERIFY_IDENTITY`);
  expect(uri.stderr).toContain("export MYSQL_SSL_CA=");
});

test("a token of MySQL's goes in clear text, over verified TLS, and only where the grant is by IAM", async () => {
  desk.api.answer(`GET /grants/${id}`, { body: mysqlGrant({ model: "iam" }) });
  desk.api.answer(`POST /grants/${id}/token`, { body: { token: "signed" } });
  const env = await desk.dblease(["credential", id, "--env"]);
  expect(env.stdout).toContain("export MYSQL_PWD='signed'\n");
  expect(env.stdout).toContain("export LIBMYSQL_ENABLE_CLEARTEXT_PLUGIN='1'");
  await desk.dblease(["credential", id, "--file"]);
  const file = readFileSync(join(desk.stateFolder, `${id}.cnf`), "utf8");
  for (const line of [
    'password = "signed"',
    "loose-ssl-mode = VERIFY_IDENTITY",
    "loose-enable-cleartext-plugin = 1",
  ]) {
    expect(file.split("\n")).toContain(line);
  }
});

test("--file is refused for PostgreSQL, whose clients read none, and together with another form", async () => {
  keepPassword();
  desk.api.answer(`GET /grants/${id}`, { body: activeGrant() });
  expect((await desk.dblease(["credential", id, "--file"])).code).toBe(2);
  expect((await desk.dblease(["credential", id, "--file", "--env"])).code).toBe(2);
  expect(readdirSync(desk.stateFolder)).not.toContain(`${id}.cnf`);
});

test("on a machine without the password: exit code 6 and the command that makes a new one", async () => {
  desk.api.answer(`GET /grants/${id}`, { body: activeGrant() });
  const { code, stdout } = await desk.dblease(["credential", id, "--json"]);
  expect(code).toBe(6);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: "NO_ACTIVE_GRANT",
    next: `dblease credential ${id} --new`,
  });
});

test("--new sends a fresh verifier, waits until the database has it, and keeps the password", async () => {
  keepPassword();
  desk.api.answer(
    `GET /grants/${id}`,
    { body: activeGrant() },
    { body: activeGrant({ verifierNumber: 2 }) },
    { body: activeGrant({ verifierNumber: 2, verifierApplied: 2 }) },
  );
  desk.api.answer(`PUT /grants/${id}/verifier`, { status: 202, body: activeGrant({ verifierNumber: 2 }) });
  const { code, stdout } = await desk.dblease(["credential", id, "--new", "--json"]);
  expect(code).toBe(0);
  const fresh = JSON.parse(stdout).data.password;
  expect(fresh).not.toBe(password);
  expect(readFileSync(join(desk.stateFolder, id), "utf8")).toBe(fresh);
  const put = desk.api.received.find((it) => it.line.startsWith("PUT"));
  const { verifier } = JSON.parse(put?.body ?? "");
  const salt = Buffer.from(verifier.split(":")[1].split("$")[0], "base64");
  expect(verifier).toBe(scramSha256(fresh, salt));
  expect(desk.api.received.filter((it) => it.line === `GET /grants/${id}`)).toHaveLength(3);
});

test("--new that the API refuses leaves the old password in place", async () => {
  keepPassword();
  desk.api.answer(`GET /grants/${id}`, { body: activeGrant() });
  const problem = {
    type: "about:blank",
    title: "Refused",
    status: 403,
    detail: "only rita may",
    code: "NOT_ALLOWED",
    next: "ask rita",
  };
  desk.api.answer(`PUT /grants/${id}/verifier`, { status: 403, body: problem });
  const { code } = await desk.dblease(["credential", id, "--new"]);
  expect(code).toBe(3);
  expect(readFileSync(join(desk.stateFolder, id), "utf8")).toBe(password);
});

test("a grant that is not active yet is exit code 5, one that is over is 6 and takes the password along", async () => {
  keepPassword();
  desk.api.answer(`GET /grants/${id}`, { body: grantView() });
  const early = await desk.dblease(["credential", id, "--env"]);
  expect([early.code, early.stdout]).toEqual([5, ""]);
  expect(readdirSync(desk.stateFolder)).toEqual([id]);

  desk.api.answer(`GET /grants/${id}`, { body: revokedGrant() });
  const late = await desk.dblease(["credential", id, "--env"]);
  expect([late.code, late.stdout]).toEqual([6, ""]);
  expect(readdirSync(desk.stateFolder)).toEqual([]);
});

test.each([["grants"], ["held"], ["show"], ["revoke"]])(
  "`%s` removes the password of a grant that it sees closed, and no other",
  async (verb) => {
    keepPassword();
    const other = join(desk.stateFolder, "0000000000zz");
    writeFileSync(join(desk.stateFolder, `${id}.ca.pem`), "");
    writeFileSync(join(desk.stateFolder, `${id}.a1b2c3.tmp`), "draft of a command that was killed");
    writeFileSync(other, "another");
    for (const line of ["GET /grants", "GET /grants?mine=true"])
      desk.api.answer(line, {
        body: { grants: [revokedGrant(), activeGrant({ id: "0000000000zz" })] },
      });
    desk.api.answer(`GET /grants/${id}`, { body: revokedGrant() });
    desk.api.answer(`POST /grants/${id}/revoke`, { body: revokedGrant() });
    const { code, stderr } = await desk.dblease(
      verb === "held" ? [] : verb === "grants" ? [verb] : [verb, id],
    );
    expect(code, stderr).toBe(0);
    expect(readdirSync(desk.stateFolder)).toEqual(["0000000000zz"]);
  },
);
