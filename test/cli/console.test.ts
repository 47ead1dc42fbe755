import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cliBundle } from "./cli-bundle.ts";
import { type Desk, openDesk } from "./cli-desk.ts";
import { activeGrant, grantView, id } from "./grant-view.ts";

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
  desk.api.answer("GET /grants?mine=true", { body: { grants: [activeGrant()] } });
  desk.api.answer("GET /grants?toApprove=true", { body: { grants: [grantView({ requester: "bob" })] } });
  desk.api.answer("GET /grants?toReview=true", { body: { grants: [] } });
});
afterEach(() => desk.close());

test("the page is served with the caller's signed calls, and a decision goes out as one", async () => {
  desk.api.answer(`POST /grants/${id}/approve`, { body: grantView({ status: "approved" }) });
  const running = desk.start(["console"]);
  const address = await running.prints(/^(http:\/\/127\.0\.0\.1:\d+\/[\w-]{32})\n/);
  const opened = await fetch(address);
  const page = await opened.text();
  expect(page).toContain("bob</bdi> asks for");
  expect(desk.api.received.every(({ headers }) => headers.authorization?.startsWith("AWS4-HMAC"))).toBe(true);
  const token = /name="token" value="([^"]+)"/.exec(page)?.[1] ?? "";
  const answer = await fetch(`${opened.url}decide`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: new URL(address).origin },
    body: new URLSearchParams({ id, decision: "approve", token, reason: "agreed" }),
  });
  expect(answer.status).toBe(303);
  expect(desk.api.received.at(-1)).toMatchObject({
    line: `POST /grants/${id}/approve`,
    body: '{"reason":"agreed"}',
  });
  running.interrupt();
  const { code, stdout, stderr } = await running.finished;
  expect([code, stdout]).toEqual([0, `${address}\n`]);
  expect(stderr).toContain("Ctrl-C ends it");
  expect(stderr).toContain("the address was opened");
  await expect(fetch(opened.url)).rejects.toThrow();
});

test("the machine form is one line at the start, not at the end", async () => {
  const running = desk.start(["console", "--json"]);
  const address = await running.prints(/^\{"data":\{"address":"(http:[^"]+)"\}\}\n/);
  expect((await fetch(address)).status).toBe(200);
  running.interrupt();
  expect((await running.finished).code).toBe(0);
});

test("who is signed in no more is told so on the page, which goes on", async () => {
  const running = desk.start(["console"], { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined });
  const address = await running.prints(/^(http:\S+)\n/);
  const { url } = await fetch(address);
  for (const _ of ["now", "and again"]) {
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringContaining("no valid AWS credentials"),
    ]);
  }
  running.interrupt();
  await running.finished;
});

test("a port that is taken is named with the way out", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  // A TCP server that listens has an address of this shape.
  const { port } = other.address() as { port: number };
  const { code, stderr } = await desk.dblease(["console", "--port", String(port)]);
  other.close();
  expect(code).toBe(1);
  expect(stderr).toContain(`port ${port} cannot be listened on (EADDRINUSE)`);
});

test("it ends with whoever started it", async () => {
  const script = '"$0" "$1" console & echo $!; wait';
  const parent = spawn("sh", ["-c", script, process.execPath, cliBundle()], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { PATH: process.env.PATH, HOME: desk.home, DBLEASE_API: desk.api.url },
  });
  let text = "";
  for await (const part of parent.stdout.setEncoding("utf8")) {
    text += part;
    if (text.includes("http://")) break;
  }
  const pid = Number(/^\d+$/m.exec(text)?.[0]);
  expect(pid).toBeGreaterThan(1);
  parent.kill("SIGKILL");
  const isThere = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await expect.poll(isThere, { timeout: 20_000, interval: 100 }).toBe(false);
});
