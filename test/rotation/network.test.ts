/** No network, wrong certificate and wrong password are told apart, and each ends inside the function's time. */

import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCertificates } from "../../local-stack/certificates.ts";
import type { Rotation } from "../../src/rotation.ts";
import { postgresSite } from "./sites.ts";
import { RotationWorld } from "./world.ts";

let world: RotationWorld<Client>;
let silent: Server;
const held: Socket[] = [];
beforeAll(async () => {
  world = await RotationWorld.start(postgresSite);
  // Takes connections and never says a word.
  silent = createServer((socket) => held.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  for (const socket of held) socket.destroy();
  silent.close();
  await world.stop();
});

/** A run that must fail with this code, and leave the application as it was. */
async function fails(patch: (rotation: Rotation) => Partial<Rotation>, code: string): Promise<number> {
  const given = await world.given();
  const before = await given.current();
  await given.configure(patch(await given.record()));
  const run = await given.begin();
  const begun = performance.now();
  await expect(given.do(run)).rejects.toMatchObject({ code });
  const took = performance.now() - begun;
  expect(await given.record()).toMatchObject({ status: "failed", failure: { code } });
  expect((await given.current()).versionId).toBe(before.versionId);
  expect(await world.works(before)).toBe(true);
  return took;
}

test("a server that does not answer ends inside the time-out of one login, not of several", async () => {
  const address = silent.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  // A login has five seconds; three of them would take fifteen.
  expect(await fails(() => ({ port }), "DATABASE_UNREACHABLE")).toBeLessThan(10_000);
});

test("a port that nobody listens on", async () => {
  await fails(() => ({ port: 1 }), "DATABASE_UNREACHABLE");
});

test("a certificate of another authority: no password is sent, and there is no plain text instead", async () => {
  const folder = join(world.folder, "other-authority");
  const { caFile } = await makeCertificates(folder);
  const ca = readFileSync(caFile, "utf8");
  await fails(({ database }) => ({ database: { ...database, tls: { ca } } }), "TLS_FAILED");
});

test("a refused password, where the admin's is refused too", async () => {
  const given = await world.given();
  await world.site.root(`ALTER ROLE ${(await given.current()).username} PASSWORD 'by-hand'`);
  const { database } = await given.record();
  await given.configure({ database: { ...database, adminSecret: given.secret } });
  await expect(given.rotate()).rejects.toMatchObject({ code: "DATABASE_REFUSED" });
});
