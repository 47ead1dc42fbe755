import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { makeCertificates } from "../../../local-stack/certificates.ts";
import { StubServer } from "../sqlserver/stub/server.ts";
import type { SqlserverBackend } from "./sqlserver.ts";

export interface StubBackend extends SqlserverBackend {
  stub: StubServer;
}

/** The protocol stub as a server of the harness. */
export async function startStub(port = 0): Promise<StubBackend> {
  const folder = mkdtempSync(join(tmpdir(), "dblease-engine-"));
  const certificates = await makeCertificates(join(folder, "tls"));
  const stub = new StubServer(certificates);
  const root = { user: "rdsa", password: "Root-password-1" };
  stub.makeRoot(root.user, root.password);
  await stub.start(port);
  return {
    stub,
    host: "localhost",
    port: stub.port,
    ca: readFileSync(certificates.caFile, "utf8"),
    root,
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
