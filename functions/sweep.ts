/** Every minute: revoke what is overdue or stuck, start and signal again what got lost, and say how it stands. */
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";
import middy from "@middy/core";
import { engineFunctions } from "../src/engine-functions.ts";
import { allDatabases } from "../src/finding.ts";
import { gauges, metricLine } from "../src/gauges.ts";
import { lateRevokes } from "../src/late-revokes.ts";
import { setting } from "../src/setting.ts";
import { openGrants } from "../src/store/find-grants.ts";
import { openTable } from "../src/store/table.ts";
import { currentServer } from "../src/workflow/current-server.ts";
import { lookAgainBy } from "../src/workflow/look-again.ts";
import { recordFindings } from "../src/workflow/record-findings.ts";
import { openWorkflows } from "../src/workflow/start.ts";
import { sweepOpenGrants } from "../src/workflow/sweep-open-grants.ts";

const rds = new RDSClient({});
const parts = {
  table: openTable(setting("TABLE")),
  workflows: openWorkflows({
    grantMachine: setting("GRANT_MACHINE"),
    revokeMachine: setting("REVOKE_MACHINE"),
  }),
  lookAgain: lookAgainBy(new LambdaClient({}), engineFunctions("REVOKE_FUNCTIONS")),
  clock: () => new Date(),
};

export const handler = middy<unknown>().handler(async () => {
  const result = await sweepOpenGrants({ ...parts, currentServer: currentServer(rds, parts.clock) });
  const now = parts.clock();
  const open = await openGrants(parts.table);
  // Not by console.log, whose lines Lambda wraps.
  process.stdout.write(`${metricLine(gauges(open, now), now)}\n`);
  await recordFindings(parts, allDatabases, lateRevokes(open, now), () => true, "late_revoke");
  if (result.done.length + result.failed.length > 0) console.log(JSON.stringify(result));
  // A sweep that could not mend something must be seen as failed; the others are mended already.
  if (result.failed.length > 0) throw new Error(`${result.failed.length} grants could not be swept`);
  return result;
});
