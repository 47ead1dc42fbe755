import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { sessionNotes } from "../../src/store/sessions.ts";
import { GivenStack } from "./given-stack.ts";
import { onThePage } from "./on-the-page.ts";

const given = new GivenStack(join(import.meta.dirname, "audit.yaml"));

test("an auditor, and nobody else, reads the whole life of a grant", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 60, reason: "why is order 42 late?" });
  await (await given.connect(grant)).end();
  await given.connect(grant);
  await rita.call("POST", `/grants/${grant.id}/revoke`, { reason: "found it" });
  await given.until(grant.id, "revoked");
  await expect(given.connect(grant)).rejects.toThrow();
  const ask = () => given.dblease("auditor", "audit", "grant", grant.id);
  // RDS brings the log in its own time.
  await given.untilTrue(async () => {
    const { sessions, refusals } = (await ask()).data;
    const over = sessions.filter((it: { endedAt?: string }) => it.endedAt !== undefined);
    return refusals.length > 0 && over.length === 2;
  });
  const answer = await ask();
  expect(answer.data.refusals).toMatchObject([{ code: "28P01", address: "127.0.0.1" }]);
  // Both begin within one second, which is all that the log says.
  const ends = (it: { endedBy: string }, other: { endedBy: string }) =>
    it.endedBy.localeCompare(other.endedBy);
  expect(answer.data.sessions.toSorted(ends)).toMatchObject([
    { address: "127.0.0.1", tls: true, endedBy: "client" },
    { address: "127.0.0.1", tls: true, endedBy: "revoke" },
  ]);
  expect(answer.data.moments.map((it: { sentence: string }) => it.sentence)).toEqual([
    expect.stringMatching(
      /^rita asked for read-only on orders for 1m: “why is order 42 late\?”; rule read: /,
    ),
    `making the user ${grant.username}`,
    expect.stringMatching(`^active as ${grant.username} until `),
    "ended early (rita): “found it”",
    expect.stringMatching(
      `^${grant.username} is gone: no user, session, privilege, object or prepared transaction`,
    ),
  ]);
  expect(answer.data.unknown).toContainEqual(expect.stringMatching(/Who sat at the keyboard/));
  // What the table's stream brings comes a moment later.
  const who = () =>
    given.dblease("auditor", "audit", "who", "--database", "orders", "--at", `${grant.activatedAt}`);
  await given.untilTrue(async () => (await who()).data.held.length === 1);
  const [held] = (await who()).data.held;
  expect(held.grant).toMatchObject({
    ...{ requester: "rita", rule: "read" },
    receipt: { users: 0, sessions: 0, residue: [] },
  });
  expect(held.sessions.toSorted(ends)).toMatchObject([{ endedBy: "client" }, { endedBy: "revoke" }]);
  const sessions = await given.dblease("auditor", "audit", "sessions", "--database", "orders");
  expect(sessions.data.sessions).toMatchObject([{ requester: "rita" }, { requester: "rita" }]);
  const names = async () =>
    (await given.dblease("auditor", "audit", "person", "rita")).data.moments.map(
      (it: { name: string }) => it.name,
    );
  await given.untilTrue(async () => (await names()).includes("GrantRevoked"));
  expect(await names()).toEqual(
    expect.arrayContaining(["GrantRequested", "GrantActivated", "GrantRevoking"]),
  );
  const admin = async () => (await given.dblease("auditor", "audit", "passwords")).data.passwords[0];
  await given.untilTrue(async () => (await admin()).readers.length > 0);
  expect(await admin()).toMatchObject({ id: "admin of orders", database: "orders", overdue: false });
  // Who reads it are dblease's own functions.
  expect((await admin()).readers.map((it: { reader: string }) => it.reader).join(" ")).toMatch(
    /assumed-role\/Dblease/,
  );
  for (const other of ["requester", "admin"]) {
    const refused = await given.dblease(other, "audit", "grant", grant.id);
    expect(refused.error.code).toMatch(/NOT_ALLOWED/);
  }
});

test("each event is a line of the archive and on its day's record, and the digests say that nothing has changed", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 60, reason: "why is order 43 late?" });
  await rita.call("POST", `/grants/${grant.id}/revoke`, {});
  await given.until(grant.id, "revoked");
  const s3 = new S3Client({ ...given.root, forcePathStyle: true });
  const Bucket = given.resource("ArchiveBucket");
  const archived = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "events/day=" }));
    const texts = Contents.map(async ({ Key }) =>
      (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString(),
    );
    return (await Promise.all(texts)).join("").trim().split("\n");
  };
  await given.untilTrue(async () =>
    (await archived()).some((it) => it.includes(grant.id) && it.includes("GrantRevoked")),
  );
  expect(JSON.parse((await archived())[0] ?? "")).toMatchObject({ origin: expect.any(String), facts: {} });
  // Its first run: the newest day that is over long enough, on which this stack was not yet there.
  const { days } = (await given.invoke("ArchiveDigest")) as { days: string[] };
  expect(days).toHaveLength(1);
  expect(await given.dblease("auditor", "audit", "verify")).toEqual({
    data: { from: days[0], to: days[0], events: 0 },
  });
  const olga = await given.user("auditor");
  const today = new Date().toISOString().slice(0, 10);
  const { body } = await olga.call("GET", `/audit/recorded?day=${today}`);
  expect(body).toMatchObject({ day: today });
  expect(body.hours).toHaveLength(24);
  expect(body.hours.flatMap((it: { changed: string[] }) => it.changed)).toEqual([]);
  expect(body.hours.reduce((sum: number, it: { events: number }) => sum + it.events, 0)).toBeGreaterThan(10);
  expect((await rita.call("GET", "/audit/digests")).status).toBe(403);
});

test("on the page an approver says yes, and an auditor sees what became of it", async () => {
  const rita = await given.user("requester");
  const { id, password } = await given.request(rita, {
    role: "read-write",
    seconds: 60,
    reason: "<b>order 42</b>",
  });
  await onThePage(given.environment("approver"), async ({ read, send }) => {
    const page = await read("");
    expect(page).toContain("&lt;b&gt;order 42&lt;/b&gt;");
    const token = /name="decision" value="approve">\s*.*?name="token" value="([^"]+)"/s.exec(page)?.[1];
    const done = await send({ id, decision: "approve", token, reason: "go ahead" });
    expect(await done.text()).toContain("Grant ");
    expect(await (await send({ id, decision: "approve", token })).text()).toContain("has been sent before");
  });
  const active = await given.until(id, "active");
  await (await given.connect({ ...active, password })).end();
  await onThePage(given.environment("requester"), async ({ read }) => {
    expect(await read("")).toContain(`dblease credential ${id} --env`);
    expect(await read("findings")).toContain("Not done: NOT_ALLOWED");
    expect(await read("timeline")).not.toContain("What this page can not know");
  });
  // An administrator sees the grants of others, and holds none of them.
  expect((await given.dblease("admin", "grants")).data).toMatchObject([{ id }]);
  expect((await given.dblease("admin")).data).toEqual([]);
  await rita.call("POST", `/grants/${id}/revoke`, {});
  await given.until(id, "revoked");
  await onThePage(given.environment("auditor"), async ({ read }) => {
    await given.untilTrue(async () => (await read(`grant?id=${id}`)).includes("by the client"));
    const page = await read(`grant?id=${id}`);
    for (const words of ["ada approved: “go ahead”", "is gone from", "Who sat at the keyboard"])
      expect(page).toContain(words);
    await given.untilTrue(async () => (await read("timeline?person=rita")).includes("GrantRevoked"));
    const timeline = await read("timeline?person=rita&database=orders");
    expect(timeline).toContain(`<a href="grant?id=${id}"`);
    expect(timeline).toContain('class="mark approval"');
    expect(timeline).toContain('class="session"');
    expect(await read("timeline.csv")).toContain(`\n${id},rita,orders,read-write,jit_${id},`);
    expect(await read("passwords")).toContain("admin of orders");
    expect(await read("findings")).toContain("Looked at in full");
  });
});

test("the month's report is two files that anybody can open", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dblease-report-"));
  try {
    const month = new Date().toISOString().slice(0, 7);
    const { data } = await given.dblease("auditor", "audit", "report", "--month", month, "--folder", folder);
    expect(data.held.length).toBeGreaterThan(1);
    const [html, csv] = [data.files.html, data.files.csv].map((it) => readFileSync(it, "utf8"));
    for (const { grant } of data.held) {
      expect(html).toContain(`<article id="${grant.id}">`);
      expect(csv).toContain(grant.id);
    }
    expect(html).toContain("✓ proved");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("where no log is exported, a look every minute tells who is connected", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { database: "silent", seconds: 60 });
  const session = await given.connect(grant);
  expect(await given.invoke("Sampler")).toEqual({ silent: 1 });
  const noted = await sessionNotes(given.table, grant.id, 10);
  const looks = noted.notes.filter((it) => it.kind === "seen");
  expect(looks).toMatchObject([{ username: grant.username, address: "127.0.0.1" }]);
  await given.invoke("Sampler");
  await session.end();
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  await given.until(grant.id, "revoked");
  expect(await given.invoke("Sampler")).toEqual({});
  const sessions = await given.dblease("auditor", "audit", "sessions", "--database", "silent");
  expect(sessions.data.sessions).toHaveLength(1);
});
