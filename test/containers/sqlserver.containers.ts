/** SQL Server itself, where Docker is: every story that the stub tells, and those that it cannot. */
import { MSSQLServerContainer } from "@testcontainers/mssqlserver";
import { expect, test } from "vitest";
import { allStories } from "../engines/conformance/all-stories.ts";
import { type SqlserverBackend, sqlserverHarness } from "../engines/harness/sqlserver.ts";
import { openSession } from "../engines/harness/sqlserver-session.ts";
import { sqlserverStories } from "../engines/sqlserver/stories.ts";
import { dockerMissing } from "./docker-missing.ts";
import { serverCertificate } from "./server-certificate.ts";

const image = "mcr.microsoft.com/mssql/server:2022-latest";

async function startContainer(): Promise<SqlserverBackend> {
  const root = { user: "sa", password: "Root-password-1" };
  const certificate = await serverCertificate();
  const container = await new MSSQLServerContainer(image)
    .acceptLicense()
    .withPassword(root.password)
    .withCopyFilesToContainer(certificate.files)
    .withCopyContentToContainer([certificate.settings])
    .start();
  const at = { host: container.getHost(), port: container.getMappedPort(1433), ca: certificate.ca };
  return {
    ...at,
    root,
    // Of the bridge, whichever Docker has made.
    clientAddress: expect.any(String),
    // A principal that is being made holds up everybody who makes another.
    async hold(username) {
      const blocker = await openSession(at, root);
      await blocker.query(`BEGIN TRANSACTION; CREATE LOGIN [${username}] WITH PASSWORD = N'Held-password-1'`);
      const watcher = await openSession(at, root);
      return {
        waits: async () =>
          (await watcher.query("SELECT 1 AS one FROM sys.dm_exec_requests WHERE blocking_session_id <> 0"))
            .length > 0,
        async release() {
          await blocker.query("ROLLBACK TRANSACTION");
          await Promise.all([blocker.close(), watcher.close()]);
        },
      };
    },
    async stop() {
      await container.stop();
    },
  };
}

if (dockerMissing === undefined) {
  allStories(sqlserverHarness("SQL Server 2022", startContainer), sqlserverStories);
} else test.skip(`SQL Server 2022: not proven here (${dockerMissing})`, () => {});
