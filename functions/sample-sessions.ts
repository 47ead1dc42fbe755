/** Every minute: who is connected by a grant, where no log tells. */
import { LambdaClient } from "@aws-sdk/client-lambda";
import middy from "@middy/core";
import { engineFunctions } from "../src/engine-functions.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { sampleSessions } from "../src/workflow/sample-sessions.ts";

const sampler = {
  table: openTable(setting("TABLE")),
  admin: { client: new LambdaClient({}), functionOf: engineFunctions("ADMIN_FUNCTIONS") },
  clock: () => new Date(),
};

export const handler = middy<unknown>().handler(() => sampleSessions(sampler));
