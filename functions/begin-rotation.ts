/** Workflow step outside the VPC: begins a run of one rotation, and says where its end will be seen. */
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import middy from "@middy/core";
import { setting } from "../src/setting.ts";
import { readRotation } from "../src/store/rotations.ts";
import { openTable } from "../src/store/table.ts";
import { beginRotation, longestRunMs } from "../src/workflow/begin-rotation.ts";

const parts = { secrets: new SecretsManagerClient({}), clock: () => new Date() };
const table = openTable(setting("TABLE"));

export const handler = middy<{ rotation: string }>().handler(async (event) => {
  const rotation = await readRotation(table, event.rotation);
  const begun = await beginRotation(parts, rotation);
  const giveUpAt = new Date(parts.clock().getTime() + longestRunMs).toISOString();
  return { ...begun, secret: rotation.secret, giveUpAt };
});
