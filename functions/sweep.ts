/** Every minute: revoke what is overdue or stuck, start and signal again what got lost. */
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import middy from "@middy/core";
import type { Engine, Grant } from "../src/grant.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { openWorkflows } from "../src/workflow/start.ts";
import { sweepOpenGrants } from "../src/workflow/sweep-open-grants.ts";

const lambda = new LambdaClient({});
const revokeFunctionOf: Partial<Record<Engine, string>> = { postgres: setting("POSTGRES_REVOKE") };

const parts = {
  table: openTable(setting("TABLE")),
  workflows: openWorkflows(setting("GRANT_MACHINE"), setting("REVOKE_MACHINE")),
  lookAgain: async (grant: Grant, holder: string) => {
    await lambda.send(
      new InvokeCommand({
        FunctionName: revokeFunctionOf[grant.database.engine],
        InvocationType: "Event",
        Payload: JSON.stringify({ grantId: grant.id, holder }),
      }),
    );
  },
  clock: () => new Date(),
};

export const handler = middy<unknown>().handler(async () => {
  const result = await sweepOpenGrants(parts);
  if (result.done.length + result.failed.length > 0) console.log(JSON.stringify(result));
  // A sweep that could not mend something must be seen as failed; the others are mended already.
  if (result.failed.length > 0) throw new Error(`${result.failed.length} grants could not be swept`);
  return result;
});
