/** Who gets in, and what changes anything: docs/console.md. */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type GivenConsole, givenConsole, tokenIn } from "./given-console.ts";

let it: GivenConsole;
beforeEach(async () => {
  it = await givenConsole();
});
afterEach(() => it.close());

const waiting = "2222222222aa";
const pages = [
  "./",
  "timeline",
  "findings",
  "passwords",
  `grant?id=${waiting}`,
  "timeline?person=rita&from=2026-11-01T00:00",
  "nowhere",
];

test.each(pages)(
  "%s forbids scripts, frames, caches and strangers, and does not tell its secret",
  async (page) => {
    const { headers, body } = await it.ask(page);
    const policy = `${headers["content-security-policy"]}`;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(policy).not.toContain("script-src");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cache-control": "no-store",
      "content-type": "text/html; charset=utf-8",
    });
    expect(headers["set-cookie"]).toBeUndefined();
    const secret = new URL(it.address).pathname.split("/")[1] ?? "";
    expect(secret.length).toBeGreaterThanOrEqual(32);
    expect(body).not.toContain(secret);
    expect(body).not.toMatch(/<script|style=|\son\w+=|javascript:/i);
  },
);

test("it listens on 127.0.0.1 alone", () => expect(new URL(it.address).hostname).toBe("127.0.0.1"));

test.each(["evil.example", "localhost", "127.0.0.1:1", "127.0.0.1.evil.example"])(
  "another name for this machine (%s) opens nothing: a page that rebinds its name gets no word",
  async (host) => {
    const { status, body } = await it.ask("./", { headers: { host } });
    expect(status).toBe(421);
    expect(body).not.toContain("rita");
  },
);

test("without the secret nothing is here, not even the style", async () => {
  const secret = new URL(it.address).pathname.split("/")[1] ?? "";
  const near = `${secret.slice(0, -1)}${secret.endsWith("A") ? "B" : "A"}`;
  const paths = [
    "/",
    "/favicon.ico",
    "/timeline",
    "/style.css",
    `/${near}/`,
    `/${secret}`,
    `/x/${secret}/`,
    `/${secret}/x/y`,
    `/${secret.toLowerCase()}/`,
  ];
  for (const path of paths) expect([path, (await it.ask(path)).status]).toEqual([path, 404]);
});

test("the printed address leads in once, and to nobody whom another page has sent", async () => {
  const fresh = await givenConsole({ comeIn: false });
  const entry = new URL(fresh.address).pathname;
  expect((await fresh.ask(entry, { headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403);
  expect((await fresh.ask(entry, { method: "HEAD" })).status).toBe(405);
  expect((await fresh.ask(`${entry}/`)).status).toBe(404);
  const first = await fresh.ask(entry);
  expect(first.status).toBe(303);
  expect((await fresh.ask(`${first.headers.location}`)).body).toContain("What I hold");
  const second = await fresh.ask(entry);
  expect([second.status, second.headers.location]).toEqual([410, undefined]);
  expect(second.body).toContain("If that was not you");
  await fresh.close();
});

test.each(["cross-site", "same-site", "x"])(
  "what a browser calls %s is refused, to read and to change",
  async (site) => {
    const headers = { "sec-fetch-site": site };
    expect((await it.ask("./", { headers })).status).toBe(403);
    const token = tokenIn((await it.ask("./")).body, "approve");
    expect((await it.send({ id: waiting, decision: "approve", token }, headers)).status).toBe(403);
    expect(it.changes).toEqual([]);
  },
);

test("a form of this page says yes, once", async () => {
  const token = tokenIn((await it.ask("./")).body, "approve");
  const sent = await it.send({ id: waiting, decision: "approve", token, reason: "agreed on the phone" });
  expect([sent.status, sent.headers.location]).toEqual([303, `grant?id=${waiting}`]);
  expect(it.changes).toEqual([`approve ${waiting} agreed on the phone`]);
  const again = await it.send({ id: waiting, decision: "approve", token });
  expect([again.status, again.body.includes("sent before")]).toEqual([400, true]);
  expect(it.changes).toHaveLength(1);
});

test("of two that arrive at the same moment one is taken", async () => {
  const token = tokenIn((await it.ask("./")).body, "approve");
  const form = { id: waiting, decision: "approve", token };
  const answers = await Promise.all([it.send(form), it.send(form), it.send(form)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 400, 400]);
  expect(it.changes).toHaveLength(1);
});

test("a no and a review need a reason, and lose nothing where it is missing", async () => {
  const page = (await it.ask("./")).body;
  const [deny, review] = [tokenIn(page, "deny"), tokenIn(page, "review")];
  expect((await it.send({ id: waiting, decision: "deny", token: deny, reason: "  " })).status).toBe(400);
  expect(
    (await it.send({ id: waiting, decision: "deny", token: deny, reason: "use the replica" })).status,
  ).toBe(303);
  expect(
    (await it.send({ id: "3333333333aa", decision: "review", token: review, reason: "seen" })).status,
  ).toBe(303);
  expect(it.changes).toEqual([`deny ${waiting} use the replica`, "review 3333333333aa seen"]);
});

test("a token of another decision, another grant or another run of the page changes nothing", async () => {
  const page = (await it.ask("./")).body;
  const other = await givenConsole();
  const tokens = [
    tokenIn(page, "deny"),
    tokenIn(page, "review"),
    tokenIn((await other.ask("./")).body, "approve"),
    `${tokenIn(page, "approve").split(".")[0]}.`,
    ".",
    "",
  ];
  await other.close();
  for (const token of tokens) {
    expect((await it.send({ id: waiting, decision: "approve", token, reason: "x" })).status).toBe(400);
  }
  expect(
    (await it.send({ id: "1111111111aa", decision: "approve", token: tokenIn(page, "approve") })).status,
  ).toBe(400);
  expect(it.changes).toEqual([]);
});

test.each([
  ["no origin", { origin: "" }, 403],
  ["the origin of privacy", { origin: "null" }, 403],
  ["another origin", { origin: "https://evil.example" }, 403],
  ["another port", { origin: "http://127.0.0.1:1" }, 403],
  ["another name for this machine", { origin: "http://localhost" }, 403],
  ["a body that a form can send without being one of ours", { "content-type": "text/plain" }, 415],
  ["JSON", { "content-type": "application/json" }, 415],
])("a change from %s is refused with its token unused", async (_, headers, status) => {
  const token = tokenIn((await it.ask("./")).body, "approve");
  const form = { id: waiting, decision: "approve", token };
  expect((await it.send(form, headers as Record<string, string>)).status).toBe(status);
  expect(it.changes).toEqual([]);
  expect((await it.send(form)).status).toBe(303);
});

test("what is too long for a form is refused", async () => {
  const token = tokenIn((await it.ask("./")).body, "approve");
  const sent = await it.send({ id: waiting, decision: "approve", token, reason: "x".repeat(20_000) });
  expect([sent.status, it.changes]).toEqual([400, []]);
});

test("nothing changes by anything but a POST, whatever is asked and however", async () => {
  const token = tokenIn((await it.ask("./")).body, "approve");
  const fields = { id: waiting, decision: "approve", token, reason: "x" };
  const field = fc.constantFrom(...Object.keys(fields), "page", "from", "to", "person", "show");
  const query = fc.dictionary(field, fc.oneof(fc.constantFrom(...Object.values(fields)), fc.string()));
  const page = fc.constantFrom(
    "",
    "decide",
    "approve",
    "grant",
    "timeline",
    "findings",
    "grants/approve",
    "__proto__",
    "constructor",
  );
  const method = fc.constantFrom("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE");
  await fc.assert(
    fc.asyncProperty(method, page, query, async (how, where, what) => {
      const { status } = await it.ask(`${where}?${new URLSearchParams({ ...fields, ...what })}`, {
        method: how,
        headers: { origin: it.origin, "content-type": "application/x-www-form-urlencoded" },
      });
      expect(status).toBeLessThan(500);
      expect(it.changes).toEqual([]);
    }),
    { numRuns: 150 },
  );
  expect((await it.ask("decide", { method: "PUT" })).status).toBe(405);
});

test("what the API refuses is told with its next step", async () => {
  const { status, body } = await it.ask("grant?id=9999999999aa");
  expect(status).toBe(404);
  expect(body).toContain("there is no grant 9999999999aa that you may see");
  expect(body).toContain("Next: dblease grants");
  expect((await it.ask("grant?id=../../x")).status).toBe(400);
  expect((await it.ask("timeline?from=yesterday")).status).toBe(400);
  expect((await it.ask("timeline?from=2026-11-24T10:00&to=2026-11-24T09:00")).status).toBe(400);
});

test("the timeline as CSV holds no formula of somebody else's", async () => {
  const given = await givenConsole({ word: (text) => `=cmd("${text}")` });
  const { status, headers, body } = await given.ask("timeline.csv?show=ended");
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="dblease-timeline.csv"',
    "cache-control": "no-store",
  });
  expect(body.split("\n")[0]).toMatch(/^grant,requester,database,role,username,from,until,status,reason/);
  expect(body).toContain(`4444444444aa,"'=cmd(""rita"")"`);
  expect(body).not.toMatch(/(^|,)"?=/m);
  await given.close();
});

test("who is no auditor sees their own, and is told so", async () => {
  const given = await givenConsole({ auditor: false });
  const timeline = await given.ask("timeline?person=rita");
  expect(timeline.status).toBe(200);
  expect(timeline.body).toContain("Auditors see all");
  expect(timeline.body).not.toContain("Who sat there.");
  expect((await given.ask("findings")).status).toBe(403);
  expect((await given.ask("grant?id=4444444444aa")).body).toContain("jit_7k2m9q4x1c0z</bdi> is gone from");
  await given.close();
});
