import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { makeCertificates } from "../../../local-stack/certificates.ts";
import type { Member } from "../../../src/grant.ts";
import { StubServer } from "../sqlserver/stub/server.ts";
import type { SqlserverBackend } from "./sqlserver.ts";
import type { SqlserverAddress } from "./sqlserver-session.ts";

export interface StubBackend extends SqlserverBackend {
  stub: StubServer;
  /** Makes a read replica of what is there now. Whoever makes one stops it. */
  makeReplica(): Promise<Replica>;
}

export interface Replica {
  stub: StubServer;
  member: Member;
  at: SqlserverAddress;
  stop(): Promise<void>;
}

/** The protocol stub as a server of the harness. */
export async function startStub(port = 0): Promise<StubBackend> {
  const folder = mkdtempSync(join(tmpdir(), "dblease-engine-"));
  const certificates = await makeCertificates(join(folder, "tls"));
  const stub = new StubServer(certificates);
  const root = { user: "rdsa", password: "Root-password-1" };
  stub.makeRoot(root.user, root.password);
  await stub.start(port);
  const ca = readFileSync(certificates.caFile, "utf8");
  return {
    stub,
    host: "localhost",
    port: stub.port,
    ca,
    root,
    async makeReplica() {
      const replica = new StubServer(certificates, stub.model.replica());
      await replica.start();
      const at = { host: "localhost", port: replica.port, ca };
      return { stub: replica, member: { id: "replica", ...at }, at, stop: () => replica.stop() };
    },
    async hold(username) {
      stub.hold((batch) => batch.includes(`CREATE LOGIN [${username}]`));
      return {
        async waits() {
          await pause(5);
          return stub.waiting.size > 0;
        },
        release: async () => stub.release(),
      };
    },
    async stop() {
      await stub.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
