/** Ways into a server that is none, or not open: each ends with a code and a next step, and with nothing given away. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Certificates, makeCertificates } from "../../local-stack/certificates.ts";
import { freePort } from "../../local-stack/free-port.ts";
import { type OracleLogin, openOracle } from "../../src/connect/oracle.ts";
import { oracleDoor } from "../../src/connect/oracle-door.ts";
import { oracleLoginError } from "../../src/connect/oracle-errors.ts";
import { garbage, hangUp, type PlayedListener, playListener, refuse, silent } from "./played-listener.ts";

const secret = "admin-password-that-nobody-may-see";
const folder = mkdtempSync(join(tmpdir(), "dblease-oracle-connect-"));
let own: Certificates;
let others: Certificates;
let ca: string;

beforeAll(async () => {
  own = await makeCertificates(join(folder, "own"));
  others = await makeCertificates(join(folder, "others"));
  ca = readFileSync(own.caFile, "utf8");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function refusal(change: Partial<OracleLogin> & Pick<OracleLogin, "port">): Promise<unknown> {
  return openOracle({
    host: "localhost",
    service: "ORCLPDB",
    username: "ADMIN",
    password: secret,
    tls: { ca },
    applicationName: "dblease",
    connectTimeoutMs: 1500,
    statementTimeoutMs: 1000,
    ...change,
  }).catch((error: unknown) => error);
}

const ways: [string, string, () => Promise<PlayedListener>][] = [
  ["a certificate of another authority", "TLS_FAILED", () => playListener(silent, { certificates: others })],
  ["no TLS at all", "TLS_FAILED", () => playListener(garbage)],
  ["a connection that is closed", "DATABASE_UNREACHABLE", () => playListener(hangUp, { certificates: own })],
  ["silence", "DATABASE_UNREACHABLE", () => playListener(silent)],
  ["silence after TLS", "DATABASE_UNREACHABLE", () => playListener(silent, { certificates: own })],
  [
    "a service that is not there",
    "DATABASE_UNREACHABLE",
    () => playListener(refuse(12514), { certificates: own }),
  ],
  [
    "a service that is not open",
    "DATABASE_UNREACHABLE",
    () => playListener(refuse(12528), { certificates: own }),
  ],
  ["too many processes", "DATABASE_UNREACHABLE", () => playListener(refuse(12516), { certificates: own })],
];

test.each(ways)("%s is %s, with a next step and without the password", async (_, code, play) => {
  const listener = await play();
  const error = await refusal({ port: listener.port });
  await listener.stop();
  expect(error).toMatchObject({ code, next: expect.stringMatching(/./) });
  expect(JSON.stringify(error) + String(error) + listener.heard()).not.toContain(secret);
});

test("a service that is not there or not open is named, with what opens it", async () => {
  const listener = await playListener(refuse(12514), { certificates: own });
  expect(await refusal({ port: listener.port })).toMatchObject({
    message: expect.stringContaining("ORCLPDB at localhost"),
    next: expect.stringContaining("ALTER PLUGGABLE DATABASE ORCLPDB OPEN"),
  });
  await listener.stop();
});

test.skipIf(process.platform !== "linux")(
  "a host that the certificate does not name is refused",
  async () => {
    // Linux answers on all of 127.0.0.0/8; the certificate names only localhost and 127.0.0.1.
    const listener = await playListener(silent, { certificates: own, host: "127.0.0.2" });
    expect(await refusal({ host: "127.0.0.2", port: listener.port })).toMatchObject({ code: "TLS_FAILED" });
    expect(listener.heard()).toBe("");
    await listener.stop();
  },
);

test("nobody who listens, and no such host", async () => {
  expect(await refusal({ port: await freePort() })).toMatchObject({ code: "DATABASE_UNREACHABLE" });
  expect(await refusal({ host: "nowhere.invalid", port: 2484 })).toMatchObject({
    code: "DATABASE_UNREACHABLE",
  });
});

test("logins at once each trust their own authority, and the runtime's are what they were", async () => {
  const before = getCACertificates("default").length;
  const [mine, theirs] = await Promise.all(
    [own, others].map((certificates) => playListener(hangUp, { certificates })),
  );
  const errors = await Promise.all([
    refusal({ port: mine?.port ?? 0 }),
    refusal({ port: theirs?.port ?? 0, tls: { ca: readFileSync(others.caFile, "utf8") } }),
    refusal({ port: theirs?.port ?? 0 }),
  ]);
  expect(errors.map((it) => (it as { code: string }).code)).toEqual([
    "DATABASE_UNREACHABLE",
    "DATABASE_UNREACHABLE",
    "TLS_FAILED",
  ]);
  expect(getCACertificates("default")).toHaveLength(before);
  await Promise.all([mine?.stop(), theirs?.stop()]);
});

test("brackets in a name never get into the connect descriptor", async () => {
  for (const evil of ["x)(HOST=evil)", "", "a b", "x'"]) {
    expect(await refusal({ port: 1, service: evil })).toBeInstanceOf(RangeError);
    expect(await refusal({ port: 1, host: evil })).toBeInstanceOf(RangeError);
  }
});

test("a database without members has no door", () => {
  const way = { members: [], database: "X", credentials: { username: "A", password: "B" } };
  expect(() => oracleDoor({ ...way, connectTimeoutMs: 1, statementTimeoutMs: 1 })).toThrow(RangeError);
});

test.each([
  ["ORA-01017", "DATABASE_REFUSED", "admin secret"],
  ["ORA-28000", "DATABASE_REFUSED", "ALTER USER ADMIN ACCOUNT UNLOCK"],
  ["ORA-28001", "DATABASE_REFUSED", "new password"],
  ["ORA-01045", "DATABASE_REFUSED", "GRANT CREATE SESSION TO ADMIN"],
  ["ORA-01109", "DATABASE_UNREACHABLE", "ALTER PLUGGABLE DATABASE P OPEN"],
  ["ORA-01033", "DATABASE_UNREACHABLE", "ALTER PLUGGABLE DATABASE P OPEN"],
  ["NJS-533", "DATABASE_UNREACHABLE", "2484"],
  ["NJS-510", "DATABASE_UNREACHABLE", "security group"],
])("a login that fails with %s is %s", (number, code, next) => {
  const error = Object.assign(new Error(`${number}: with ${secret}`), { code: number });
  const said = oracleLoginError(error, { address: "db:2484", username: "ADMIN", service: "P" });
  expect(said).toMatchObject({ code, next: expect.stringContaining(next) });
  expect(said.message).not.toContain(secret);
});
