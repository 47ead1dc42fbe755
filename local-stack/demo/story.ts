import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Receipt } from "../../src/receipt.ts";
import type { GrantView, TokenView, WhoAnswer } from "../../src/views.ts";
import { personEnvironment } from "../person-environment.ts";
import type { StackInfo } from "../stack-files.ts";
import { openMysqlSession } from "./mysql-session.ts";
import type { Narrator } from "./narrator.ts";
import { openPostgresSession } from "./postgres-session.ts";
import { cliText, runCli } from "./run-cli.ts";
import type { Login } from "./session.ts";

async function show(env: NodeJS.ProcessEnv, id: string): Promise<GrantView> {
  // The CLI prints what the API answered.
  return (await runCli(env, "show", id)) as GrantView;
}

async function until(
  env: NodeJS.ProcessEnv,
  id: string,
  ...statuses: GrantView["status"][]
): Promise<GrantView> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(200)) {
    const grant = await show(env, id);
    if (statuses.includes(grant.status)) return grant;
  }
  throw new Error(
    `grant ${id} did not become ${statuses.join(" or ")} in 30 s. Next: read .local/demo/emulator`,
  );
}

/** What the server said no with; anything but a no ends the story. */
async function refusal(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => {
      throw new Error("this should have been refused. Next: please report it, with the output of this demo");
    },
    (error: Error) => error.message,
  );
}

const psql = { client: "psql", open: openPostgresSession };

/** What opens the database: the password that her machine kept, or a token signed this moment. */
async function loginOf(env: NodeJS.ProcessEnv, active: GrantView, info: StackInfo): Promise<Login> {
  const ca = active.connection?.ca ?? readFileSync(info.caFile, "utf8");
  if (active.model === "native") {
    return { ...((await runCli(env, "credential", active.id)) as Omit<Login, "ca">), ca };
  }
  const { token, ...place } = (await runCli(env, "token", active.id)) as TokenView;
  return { ...place, password: token, byIam: true, ca };
}

/** Who had access while it was active, as an auditor is told once the table's stream and the log have come. */
async function tellAudit(env: NodeJS.ProcessEnv, grant: GrantView, narrator: Narrator): Promise<void> {
  const question = ["audit", "who", "--database", grant.database, "--at", `${grant.activatedAt}`];
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(500)) {
    const answer = (await runCli(env, ...question)) as WhoAnswer;
    if (!answer.held.some((it) => it.sessions.some(({ endedAt }) => endedAt))) continue;
    narrator.audit(`dblease ${question.join(" ")}`, answer, await cliText(env, ...question));
    return;
  }
  throw new Error(`the audit did not know grant ${grant.id} in 30 s. Next: read .local/demo/emulator`);
}

/** One access to a database of the stack, from request to receipt. @returns the receipt. */
export async function tellStory(
  info: StackInfo,
  database: string,
  stateFolder: string,
  narrator: Narrator,
): Promise<Receipt> {
  const rita = personEnvironment(info, "requester", stateFolder);
  const ada = personEnvironment(info, "approver", stateFolder);
  const wish = [database, "--role", "read-only", "--for", "30s", "--reason", "why was order 42 returned?"];
  const { id, model } = (await runCli(rita, "request", ...wish, "--no-wait")) as GrantView;
  narrator.step("requester", `asks for read-only on ${database} for 30 seconds: grant ${id}`, {
    grantId: id,
  });
  if (model === "native") narrator.remark("her machine made the password; only its verifier travelled");
  else {
    narrator.remark("there is no password: every login takes a token that is good for 15 minutes at most");
    const early = await refusal(runCli(rita, "token", id));
    narrator.step("dblease", `refuses a token before the approval: ${early}`);
  }
  await runCli(ada, "approve", id, "--reason", "go ahead");
  narrator.step("approver", "approves", { grantId: id });
  const active = await until(rita, id, "active");
  narrator.step("dblease", `makes the user ${active.username}, good until ${active.expiresAt}`, {
    expiresAt: active.expiresAt,
  });

  const login = await loginOf(rita, active, info);
  const { client, open } =
    active.engine === "postgres" ? psql : { client: active.engine, open: openMysqlSession };
  const session = await open(login);
  const rows = await session.query("SELECT status FROM orders WHERE id = 42");
  narrator.step(
    "requester",
    `connects with ${client}'s own protocol over verified TLS and reads: order 42 is ${rows[0]?.status}`,
  );
  const no = await refusal(session.query("UPDATE orders SET status = 'paid' WHERE id = 42"));
  narrator.step("database", `refuses a write: ${no}`);
  narrator.remark("the session stays open; nobody does anything until time is up ...");
  await session.ended;
  narrator.step("dblease", "time is up: the open session has been ended");
  const refused = await refusal(open(login));
  const what = model === "native" ? "a new login" : "the same token, which is half a minute old";
  narrator.step("database", `refuses ${what}: ${refused}`);
  const closed = await until(rita, id, "revoked", "revoke_failed", "quarantined");
  narrator.step("dblease", `the grant is ${closed.status}`, { status: closed.status });
  if (!closed.receipt)
    throw new Error(`grant ${id} is ${closed.status} without a receipt. Next: dblease show ${id}`);
  narrator.receipt(id, closed.receipt);
  await tellAudit(personEnvironment(info, "auditor", stateFolder), closed, narrator);
  return closed.receipt;
}
