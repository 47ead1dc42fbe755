/** Access by IAM through an RDS Proxy, told on the stack of iam.test.ts: against a stand-in that plays its login. */
import { join } from "node:path";
import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { DeleteDBProxyCommand, ModifyDBProxyCommand, RDSClient } from "@aws-sdk/client-rds";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RdsProxy, registerProxy } from "../../local-stack/register-proxy.ts";
import { openStandInProxy } from "../../local-stack/stand-in-proxy.ts";
import type { GivenStack } from "./given-stack.ts";
import { startCommand } from "./start-command.ts";

const database = "pooled";

export function throughRdsProxy(given: GivenStack, proxy: RdsProxy): void {
  const { name, host } = proxy;
  let standIn: Awaited<ReturnType<typeof openStandInProxy>>;
  const judged = (username: string, token: string, at = name) =>
    given.stack.emulator.judgeTokenAtProxy(at, username, token);
  beforeAll(async () => {
    standIn = await openStandInProxy(join(given.folder, "proxy"), host, given.stack.postgres, judged);
  });
  afterAll(() => standIn.close());

  async function open(login: { username: string; password: string }): Promise<Client> {
    const { port, ca } = standIn;
    const { username: user, password } = login;
    const client = new Client({ host, port, database: "orders", user, password, ssl: { ca } });
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  const refusal = (attempt: Promise<unknown>) =>
    attempt.then(
      () => "let in",
      (error: { code?: string }) => `${error.code}`,
    );

  async function denied(): Promise<string | undefined> {
    const { id } = await given.request(await given.user("requester"), { database });
    return (await given.until(id, "denied")).denial?.reason;
  }

  const doctor = async () => (await given.dblease("admin", "doctor", database)).data.checks;

  test("RDS Proxy: a token opens the proxy and nothing else, and the revoke ends what came through it", async () => {
    const rita = await given.user("requester");
    const grant = await given.active(rita, { database });
    const { username } = grant;
    const answer = await rita.call("POST", `/grants/${grant.id}/token`, {});
    expect(answer.body).toMatchObject({ host, port: 5432, username });
    const shown = (await rita.call("GET", `/grants/${grant.id}`)).body;
    expect(shown.connection).toMatchObject({ host, port: 5432, tls: "verify-full" });
    const password = answer.body.token;
    const session = await open({ username, password });
    expect((await session.query("SELECT session_user AS me")).rows).toEqual([{ me: username }]);

    // The server itself, another proxy that listens at the same place, another user, a password.
    expect(await refusal(given.connect({ username, password }))).toBe("28000");
    await registerProxy(given.root, { ...proxy, name: "other" });
    expect(await judged(username, password, "other")).toBe(false);
    expect(await judged(username, password)).toBe(true);
    const second = await given.active(rita, { database });
    expect(await refusal(open({ username: second.username, password }))).toBe("28000");
    expect(await refusal(open({ username: "master", password }))).toBe("28000");
    expect(await refusal(open({ username, password: "a password" }))).toBe("28000");
    // dblease's own way in goes past it.
    expect((await rita.call("POST", `/grants/${grant.id}/token`, { member: "orders" })).body).toMatchObject({
      code: "NOT_FOUND",
      next: "one of orders-proxy",
    });

    await rita.call("POST", `/grants/${grant.id}/revoke`);
    const { receipt } = await given.until(grant.id, "revoked");
    expect(receipt).toMatchObject({ users: 0, sessions: 0, sessionsEnded: 1, residue: [] });
    expect(receipt?.members.map((it) => it.member)).toEqual(["orders"]);
    await expect(session.query("SELECT 1")).rejects.toThrow();
    // The proxy and IAM would still let it in; the database does not.
    expect(await judged(username, password)).toBe(true);
    expect(await refusal(open({ username, password }))).not.toBe("let in");
    await rita.call("POST", `/grants/${second.id}/revoke`);
    await given.until(second.id, "revoked");
  });

  test("RDS Proxy: dblease proxy goes through it, and trusts the authorities of the machine", async () => {
    const rita = await given.user("requester");
    const grant = await given.active(rita, { database });
    // Amazon's authorities are among every machine's own; so is the stand-in's here.
    const trust = { PGSSLROOTCERT: "system", NODE_EXTRA_CA_CERTS: standIn.caFile };
    const env = { ...given.environment("requester"), ...trust };
    const listening = startCommand(env, "proxy", database, "--port", "0");
    await given.untilTrue(async () => /127\.0\.0\.1:\d+/.test(listening.stderr()));
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(listening.stderr())?.[1]);
    const enter = async () => {
      const client = new Client({ host: "127.0.0.1", port, user: "x", password: "x", database: "orders" });
      client.on("error", () => {});
      await client.connect();
      return client;
    };
    const client = await enter();
    expect((await client.query("SELECT session_user AS me")).rows).toEqual([{ me: grant.username }]);
    await rita.call("POST", `/grants/${grant.id}/revoke`);
    await given.until(grant.id, "revoked");
    await expect(client.query("SELECT 1")).rejects.toThrow();
    // A refused token has the command look at the grant at once.
    await expect(enter()).rejects.toThrow(/dblease proxy: .*revoked/);
    expect(await listening.code).toBe(6);
  });

  test("RDS Proxy: in policy mode the person's own role signs for the proxy and for nothing else", async () => {
    const rita = await given.user("requester");
    const { id, username } = await given.active(rita, { database: "pooled-signed" });
    const { PolicyDocument } = await new IAMClient(given.root).send(
      new GetRolePolicyCommand({ RoleName: "rita", PolicyName: id }),
    );
    const [{ Resource }] = JSON.parse(decodeURIComponent(`${PolicyDocument}`)).Statement;
    const user = new RegExp(`^arn:aws:rds-db:us-east-1:000000000000:dbuser:prx-\\w+/${username}$`);
    expect(Resource).toEqual([expect.stringMatching(user)]);
    const printed = startCommand(given.environment("requester"), "token", id);
    expect(await printed.code, printed.stderr()).toBe(0);
    const password = printed.stdout().trimEnd();
    const session = await open({ username, password });
    await rita.call("POST", `/grants/${id}/revoke`);
    expect((await given.until(id, "revoked")).receipt?.residue).toEqual([]);
    await expect(session.query("SELECT 1")).rejects.toThrow();
    expect(await judged(username, password)).toBe(false);
  });

  test("RDS Proxy: without its role's permission nobody gets in; by secrets there is no grant, and what mends it is said", async () => {
    const rita = await given.user("requester");
    const { id, username } = await given.active(rita, { database });
    const password = await given.token(rita, id);
    const iam = new IAMClient(given.root);
    const Deny = { Effect: "Deny", Action: "rds-db:connect", Resource: "*" };
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [Deny] });
    await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: "no", PolicyDocument }));
    expect(await refusal(open({ username, password }))).toBe("28000");
    await iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: "no" }));
    await (await open({ username, password })).end();
    // The one of the other proxy: nobody has explained it.
    expect((await given.dblease("admin", "audit", "scan")).data).toContainEqual(
      expect.objectContaining({ kind: "policy", what: "role/other", severity: "high" }),
    );
    await rita.call("POST", `/grants/${id}/revoke`);
    await given.until(id, "revoked");

    const rds = new RDSClient(given.root);
    const Auth = [
      { AuthScheme: "SECRETS" as const, SecretArn: "arn:aws:secretsmanager:us-east-1:0:secret:x" },
    ];
    const mode = (DefaultAuthScheme: "NONE" | "IAM_AUTH") =>
      rds.send(new ModifyDBProxyCommand({ DBProxyName: name, DefaultAuthScheme, Auth }));
    await mode("NONE");
    const sentence =
      "proxy orders-proxy logs in to its database by secrets, which temporary users do not have";
    const repair = "aws rds modify-db-proxy --db-proxy-name orders-proxy --default-auth-scheme IAM_AUTH";
    expect(await denied()).toBe(`${sentence}: ${repair}`);
    expect(await doctor()).toContainEqual({ id: "proxy", ok: false, sentence, repair });
    const reconciled = await given.dblease("admin", "reconcile", "--database", database, "--timeout", "60s");
    expect(reconciled.data).toMatchObject([{ kind: "unreachable", what: "proxy", sentence, repair }]);
    await mode("IAM_AUTH");
    expect(await doctor()).toContainEqual(expect.objectContaining({ id: "proxy", ok: true }));
  });

  test("RDS Proxy: one made anew under its name ends the grants of the old one, and serves none until it is listed", async () => {
    const rita = await given.user("requester");
    const grant = await given.active(rita, { database });
    const token = await given.token(rita, grant.id);
    const rds = new RDSClient(given.root);
    await rds.send(new DeleteDBProxyCommand({ DBProxyName: name }));
    await registerProxy(given.root, proxy, roleArn(name));
    expect(await judged(grant.username, token)).toBe(false);
    await given.invoke("Sweep");
    const { end, receipt } = await given.until(grant.id, "revoked");
    expect(end).toMatchObject({
      cause: "replacement",
      reason: expect.stringContaining("is another one (prx-"),
    });
    expect(receipt?.residue).toEqual([]);
    expect(await denied()).toContain("for which no tokens are signed: list it in resourceIds");
  });
}

function roleArn(name: string): string {
  return `arn:aws:iam::000000000000:role/${name}`;
}
