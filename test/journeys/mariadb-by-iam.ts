/** What of access by IAM is another matter on MariaDB, told on the stack of iam.test.ts. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ModifyDBInstanceCommand, RDSClient } from "@aws-sdk/client-rds";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { expect, test } from "vitest";
import { registerInstance } from "../../local-stack/register-instance.ts";
import type { Config } from "../../src/config.ts";
import { enableIamAuthentication } from "../../src/iam/iam-authentication.ts";
import { signToken } from "../../src/iam/sign-token.ts";
import type { GrantView } from "../../src/views.ts";
import { modelOf } from "../../src/workflow/model-of.ts";
import type { GivenStack } from "./given-stack.ts";
import { signAgo } from "./sign-ago.ts";
import { startCommand } from "./start-command.ts";

const database = "orders-mariadb";

export function mariadbByIam(given: GivenStack): void {
  const server = () => {
    const it = given.stack.further.get("mariadb");
    if (!it) throw new Error("there is no MariaDB");
    return it;
  };

  async function open(login: { user: string; password: string; host?: string; port?: number; plain?: true }) {
    const { port, ca } = server();
    const { plain, ...given } = login;
    const tls = plain ? {} : { ssl: { ca } };
    const place = { host: "localhost", port, database: "public" };
    const session = await createConnection({ ...place, ...tls, ...given, enableCleartextPlugin: true });
    session.on("error", () => {});
    return session;
  }

  async function refusal(user: string, password: string, more: { plain?: true } = {}): Promise<string> {
    return open({ user, password, ...more }).then(
      () => "let in",
      (error: { errno?: number }) => `${error.errno}`,
    );
  }

  async function asRoot(sql: string): Promise<RowDataPacket[]> {
    const connection = await createConnection(server().superuser);
    return connection
      .query<RowDataPacket[]>(sql)
      .then(([rows]) => rows)
      .finally(() => connection.end());
  }

  async function active(): Promise<GrantView & { token: string }> {
    const rita = await given.user("requester");
    const grant = await given.active(rita, { database });
    return { ...grant, engine: "mariadb", database, token: await given.token(rita, grant.id) } as never;
  }

  async function revoke(id: string) {
    await (await given.user("requester")).call("POST", `/grants/${id}/revoke`);
    return (await given.until(id, "revoked")).receipt;
  }

  test("mariadb: a token opens one user of one server, and ends at once though it is young", async () => {
    const [mine, other] = [await active(), await active()];
    const { username: user, token } = mine;
    const session = await open({ user, password: token });
    const [[row]] = await session.query<RowDataPacket[]>("SELECT count(*) AS n FROM orders");
    expect(row?.n).toBeGreaterThan(0);
    await expect(session.query("DELETE FROM orders")).rejects.toMatchObject({ errno: 1142 });

    const { port, adminUsername, adminPassword } = server();
    const place = { host: "localhost", port, username: user };
    const signed = (target: typeof place) => signToken(target, "us-east-1", given.root.credentials);
    const rita = await given.accessOf("requester");
    const refused: Record<string, [user: string, password: string, more?: { plain: true }]> = {
      "another grant's token": [user, other.token],
      "another user": [other.username, token],
      "the admin, who has a password": [adminUsername, token],
      "a token for another host": [user, await signed({ ...place, host: "elsewhere" })],
      "a token for another port": [user, await signed({ ...place, port: port + 1 })],
      "a token that somebody signed whom no policy lets in": [
        user,
        await signToken(place, rita.region, rita.credentials),
      ],
      "one that was changed": [user, `${token.slice(0, -1)}${token.endsWith("0") ? "1" : "0"}`],
      "one of sixteen minutes": [user, await signAgo(16, place, given.root)],
      "a password": [user, given.credential().password],
      "the admin's password": [user, adminPassword],
      "the word that the account is made with": [user, "RDS"],
      nothing: [user, ""],
      "a token in plain text": [user, token, { plain: true }],
    };
    const outcomes = Object.entries(refused).map(async ([what, login]) => [what, await refusal(...login)]);
    expect(Object.fromEntries(await Promise.all(outcomes))).toEqual(
      Object.fromEntries(Object.keys(refused).map((what) => [what, "1045"])),
    );
    // All of that has not used it up.
    const again = await open({ user, password: token });

    expect(await revoke(mine.id)).toMatchObject({ users: 0, sessions: 0, residue: [], sessionsEnded: 2 });
    await expect(session.query("SELECT 1")).rejects.toThrow();
    await expect(again.query("SELECT 1")).rejects.toThrow();
    expect(await refusal(user, token)).toBe("1045");
    expect(await asRoot(`SELECT User FROM mysql.user WHERE User = '${user}'`)).toEqual([]);
    await revoke(other.id);
  });

  test("mariadb: connect gives the client a token by a file of its owner's, and the proxy each connection one", async () => {
    const { id, username } = await active();
    // A stand-in for the client, which shows what it is told.
    const client = [
      "#!/bin/sh",
      'file=$(echo "$1" | cut -d= -f2); shift',
      'stat -c %a "$file"; echo "$*"; cat "$file"',
    ];
    writeFileSync(join(given.folder, "mariadb"), client.join("\n"), { mode: 0o755 });
    const env = { ...given.environment("requester"), PATH: `${given.folder}:${process.env.PATH}` };
    const run = startCommand(env, "connect", database, "--", "-e", "SELECT 1");
    expect(await run.code, run.stderr()).toBe(0);
    const [mode, words, ...file] = run.stdout().trimEnd().split("\n");
    expect([mode, words]).toEqual(["600", "-e SELECT 1"]);
    expect(file).toEqual(expect.arrayContaining(["protocol = TCP", "loose-enable-cleartext-plugin = 1"]));
    const password = /^password = "(.+)"$/m.exec(run.stdout())?.[1] ?? "";
    await (await open({ user: username, password })).end();

    const proxy = startCommand(env, "proxy", database, "--port", "0");
    await given.untilTrue(async () => /127\.0\.0\.1:\d+/.test(proxy.stderr()));
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(proxy.stderr())?.[1]);
    const through = () => open({ host: "127.0.0.1", port, user: "anybody", password: "any", plain: true });
    const [one, two] = [await through(), await through()];
    expect((await one.query("SELECT CURRENT_USER() AS me"))[0]).toEqual([{ me: `${username}@%` }]);
    await expect(two.query("DELETE FROM orders")).rejects.toMatchObject({ errno: 1142 });
    expect(await revoke(id)).toMatchObject({ residue: [], sessionsEnded: 2 });
    await expect(one.query("SELECT 1")).rejects.toThrow();
    await expect(through()).rejects.toThrow(/dblease proxy: .*revok/);
    expect(await proxy.code).toBe(6);
  });

  test("mariadb: plan, doctor and reconcile know that nobody has a password there", async () => {
    const plan = (await given.dblease("requester", "plan", database, "--role", "read-only")).data;
    expect(plan.grant.join("\n")).toContain("IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL");
    expect(plan.grant.join("\n")).not.toContain("<verifier>");
    const failed = async () =>
      (await given.dblease("admin", "doctor", database)).data.checks.filter((it: { ok: boolean }) => !it.ok);
    expect(await failed()).toEqual([]);
    const reconcile = async () =>
      (await given.dblease("admin", "reconcile", "--database", database, "--timeout", "60s")).data;
    const { id, username } = await active();
    expect(await reconcile()).toEqual([]);
    await asRoot(`ALTER USER ${username} IDENTIFIED BY 'Secret-1'`);
    expect(await reconcile()).toMatchObject([
      {
        kind: "changed_user",
        sentence: `${username}: it logs in without a token`,
        repair: `dblease revoke ${id}`,
      },
    ]);
    await revoke(id);

    const preferring = {
      databases: { [database]: { engine: "mariadb", instance: database, model: "prefer-iam" } },
    };
    // Only what is asked for.
    const preferred = () => modelOf(rds, preferring as unknown as Config, database);
    const off = { id: "iam", repair: `dblease databases enable-iam ${database}` };
    const rds = new RDSClient(given.root);
    expect(await preferred()).toBe("iam");
    const modify = { DBInstanceIdentifier: database, ApplyImmediately: true };
    await rds.send(new ModifyDBInstanceCommand({ ...modify, EnableIAMDatabaseAuthentication: false }));
    expect(await failed()).toMatchObject([off]);
    expect(await preferred()).toBe("native");
    expect(await reconcile()).toMatchObject([{ kind: "unreachable", repair: off.repair }]);
    const late = await given.request(await given.user("requester"), { database });
    expect((await given.until(late.id, "denied")).denial?.reason).toContain(off.repair);
    await given.dblease("admin", "databases", "enable-iam", database);
    expect(await reconcile()).toEqual([]);
  });

  test("mariadb: a version for which RDS has no IAM authentication is refused by its number", async () => {
    const old = { id: "old", engine: "mariadb", version: "10.6.20", database: "shop", port: 3306 } as const;
    await registerInstance(given.root, { ...old, adminUsername: "master", iam: false });
    const database = { id: "old", engine: "mariadb", instance: "old", database: "shop" } as const;
    await expect(enableIamAuthentication(new RDSClient(given.root), database)).rejects.toMatchObject({
      code: "REFUSED",
      message: "RDS offers no IAM authentication for mariadb 10.6.20 (old)",
    });
  });
}
