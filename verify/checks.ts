/** What only a real account and a real server can show, in the order in which a person would meet it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Check as DoctorCheck } from "../src/engines/engine.ts";
import type { Receipt } from "../src/receipt.ts";
import type { GrantView } from "../src/views.ts";
import type { Account } from "./account.ts";
import { type Person, show } from "./people.ts";
import { type Credential, openSession } from "./session.ts";

export interface Setting {
  database: string;
  role: string;
  /** Length of the access that ends by itself. */
  seconds: number;
  caFile: string | undefined;
  requester: Person;
  approver: Person;
  admin: Person;
  account: Account;
}

export interface Check {
  what: string;
  /** @returns what was seen. @throws what was seen instead. */
  run(setting: Setting): Promise<string>;
}

async function refusal(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => {
      throw new Error("it was let through");
    },
    (error: Error) => error.message.split("\n")[0] ?? "",
  );
}

/** Asks, has it approved where that is needed, and waits until it is active. */
async function activeGrant(
  { requester, approver, database, role }: Setting,
  seconds: number,
): Promise<GrantView> {
  const wish = ["request", database, "--role", role, "--for", `${seconds}s`, "--reason", "verify:aws"];
  let grant = (await requester.run(...wish, "--no-wait")) as GrantView;
  if (grant.approvalSteps.length > 0) await approver.run("approve", grant.id, "--reason", "verify:aws");
  const end = Date.now() + 120_000;
  while (["requested", "approved", "granting"].includes(grant.status) && Date.now() < end) {
    await sleep(500);
    grant = await show(requester, grant.id);
  }
  if (grant.status === "active") return grant;
  throw new Error(
    `grant ${grant.id} is ${grant.status} after two minutes: ${grant.failure?.message ?? "no word why"}`,
  );
}

async function closedGrant({ requester }: Setting, id: string): Promise<GrantView> {
  for (const end = Date.now() + 180_000; Date.now() < end; await sleep(500)) {
    const grant = await show(requester, id);
    if (["revoked", "revoke_failed", "quarantined"].includes(grant.status)) return grant;
  }
  throw new Error(`grant ${id} is not over three minutes after its end`);
}

function proof({ status, receipt }: GrantView): string {
  if (status !== "revoked" || !receipt) throw new Error(`it is ${status}: ${JSON.stringify(receipt ?? {})}`);
  const counts: (keyof Receipt)[] = ["users", "sessions", "privileges", "objects", "preparedTransactions"];
  const left = counts.filter((it) => receipt[it] !== 0);
  if (left.length + receipt.residue.length > 0) throw new Error(`left behind: ${JSON.stringify(receipt)}`);
  const members = receipt.members.map((it) => `${it.member} (${it.host}:${it.port})`);
  return `all counts zero, read back on ${members.join(", ")}; ${receipt.sessionsEnded} sessions ended`;
}

/** Every version of a grant has its event, without a gap. */
async function assertEvents({ account }: Setting, { id, version }: GrantView): Promise<void> {
  const versions = await account.eventVersions(id);
  const wanted = Array.from({ length: version }, (_, index) => index + 1);
  if (versions.join() !== wanted.join())
    throw new Error(`events ${versions.join(", ")} of ${version} versions`);
}

/** An open session, an end, and what is left then. @param end brings the end about and says when it should be. */
async function endWith(
  setting: Setting,
  seconds: number,
  end: (grant: GrantView) => Promise<number>,
): Promise<string> {
  const grant = await activeGrant(setting, seconds);
  const credential = (await setting.requester.run("credential", grant.id)) as Credential;
  const session = await openSession(grant.engine, credential, setting.caFile);
  const name = await session.whoAmI();
  if (name !== grant.username) throw new Error(`the server knows it as ${name}, not ${grant.username}`);
  const dueAt = await end(grant);
  await Promise.race([session.ended, sleep(dueAt - Date.now() + 120_000, undefined, { ref: false })]);
  const late = ((Date.now() - dueAt) / 1000).toFixed(1);
  const closed = await closedGrant(setting, grant.id);
  const seen = proof(closed);
  await assertEvents(setting, closed);
  const no = await refusal(openSession(grant.engine, credential, setting.caFile));
  return `${name} (${grant.model}): its session ended ${late} s after the end; ${seen}; the same login: ${no}`;
}

export const checks: readonly Check[] = [
  {
    what: "nobody is let in without a signature",
    run: async ({ account }) => {
      const { status } = await fetch(`${await account.apiUrl()}/grants`);
      if (status !== 403 && status !== 401) throw new Error(`HTTP ${status}`);
      return `HTTP ${status}`;
    },
  },
  {
    what: "the admin can do its work: doctor",
    run: async ({ admin, database }) => {
      const { checks: found } = (await admin.run("doctor", database)) as { checks: DoctorCheck[] };
      const wrong = found.filter((it) => !it.ok);
      if (wrong.length > 0) throw new Error(wrong.map((it) => it.sentence).join("; "));
      return `${found.length} checks in order`;
    },
  },
  {
    what: "the caller is the person that the configuration means, and does not approve the own request",
    run: async ({ requester, database, role }) => {
      const wish = [
        "request",
        database,
        "--role",
        role,
        "--for",
        "5m",
        "--reason",
        "verify:aws",
        "--start",
        inOneHour(),
      ];
      const grant = (await requester.run(...wish, "--no-wait")) as GrantView;
      const no = await refusal(requester.run("approve", grant.id, "--reason", "myself"));
      await requester.run("cancel", grant.id);
      return `${grant.requester}; approving: ${no}`;
    },
  },
  {
    what: "used, and given back early: the session ends, the end is proved on every member, every event is there",
    run: (setting) =>
      endWith(setting, 600, async ({ id }) => {
        const begun = Date.now();
        await setting.requester.run("revoke", id);
        return begun;
      }),
  },
  {
    what: "used, and left alone: it ends by itself, on time, with a session open",
    run: (setting) => endWith(setting, setting.seconds, async ({ expiresAt }) => Date.parse(`${expiresAt}`)),
  },
  {
    what: "IAM refuses our functions what they must not do",
    run: ({ account }) => account.refusedToFunctions(),
  },
];

function inOneHour(): string {
  return new Date(Date.now() + 3_600_000).toISOString();
}
