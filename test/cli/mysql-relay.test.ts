/** The proxy for MySQL between a client and a server that are not what they should be. Real servers: test/engines/mysql-iam. */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { relayMysql } from "../../cli/proxy/mysql-relay.ts";
import { type Certificates, makeCertificates } from "../../local-stack/certificates.ts";
import { playMysql } from "../connect/played-mysql.ts";

const token = "token-that-only-rds-may-see";
const folder = mkdtempSync(join(tmpdir(), "dblease-relay-"));
let certificates: Certificates;
beforeAll(async () => {
  certificates = await makeCertificates(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The proxy before a server; `say`: what the broker answers. */
async function openProxy(server: { port: number; ca?: string }, say: () => Promise<string>) {
  const proxy = createServer((client) => {
    relayMysql(client, {
      host: "localhost",
      username: "jit_7k2m9q4x1c0z",
      database: "shop",
      ...server,
      token: say,
    });
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  // An AddressInfo: it listens on TCP.
  return { proxy, port: (proxy.address() as AddressInfo).port };
}

async function refusal(port: number): Promise<string> {
  const login = createConnection({ host: "127.0.0.1", port, user: "anybody", password: "any" });
  return login.then(
    () => "let in",
    (error: Error) => error.message,
  );
}

test.each([
  ["asks in another way", "mysql_native_password", true, "the server does not ask for a token"],
  ["asks by a dialog", "dialog", true, "the server does not ask for a token"],
  ["speaks no TLS", "no tls", true, "localhost offers no TLS"],
  ["has somebody else's certificate", "mysql_clear_password", false, /certificate/],
  ["hangs up", "hang up", true, "the connection ended within a message"],
])("a server that %s gets no token", async (_, wants, known, says) => {
  const played = await playMysql(certificates, wants);
  const ca = known ? { ca: readFileSync(certificates.caFile, "utf8") } : {};
  const { proxy, port } = await openProxy({ port: played.port, ...ca }, async () => token);
  const sentence = await refusal(port);
  proxy.close();
  played.close();
  expect(sentence).toMatch(/^dblease proxy: /);
  expect(sentence.slice("dblease proxy: ".length)).toMatch(says);
  expect(played.heard().toString("latin1")).not.toContain(token);
});

test("a grant that has ended says so itself, before any server is asked", async () => {
  const { proxy, port } = await openProxy({ port: 1 }, async () => {
    throw new Error("grant 7k2m9q4x1c0z is revoked: it cannot be given a token");
  });
  expect(await refusal(port)).toBe(
    "dblease proxy: grant 7k2m9q4x1c0z is revoked: it cannot be given a token",
  );
  proxy.close();
});

test.each([
  ["a web browser", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ["a client that hangs up within its answer", "\x20\0\0\x01"],
  ["a client older than MySQL 4.1", "\x20\0\0\x01".concat("\0".repeat(32))],
  ["an answer that is cut short", "\x24\0\0\x01".concat("\xff".repeat(36))],
])("%s is sent away, and the proxy lives on", async (_, words) => {
  const played = await playMysql(certificates, "mysql_clear_password");
  const ca = readFileSync(certificates.caFile, "utf8");
  const { proxy, port } = await openProxy({ port: played.port, ca }, async () => token);
  const client = connect(port, "127.0.0.1");
  await once(client, "data");
  client.end(Buffer.from(words, "latin1"));
  await once(client.resume(), "close");
  proxy.close();
  played.close();
  expect(played.heard().toString("latin1")).not.toContain(token);
});
