/** Every few minutes: has the rotation functions drop the passwords whose time of grace is over. */
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import middy from "@middy/core";
import { engineFunction, engineFunctions } from "../src/engine-functions.ts";
import { isGraceOver } from "../src/rotation-age.ts";
import { setting } from "../src/setting.ts";
import { findRotations } from "../src/store/rotations.ts";
import { openTable } from "../src/store/table.ts";

const table = openTable(setting("TABLE"));
const lambda = new LambdaClient({});
const functions = engineFunctions("ROTATION_FUNCTIONS");

export const handler = middy<unknown>().handler(async () => {
  const over = (await findRotations(table)).filter((it) => isGraceOver(it, new Date()));
  for (const { database, secret, run } of over) {
    await lambda.send(
      new InvokeCommand({
        FunctionName: engineFunction(functions, database.engine),
        InvocationType: "Event",
        Payload: JSON.stringify({ SecretId: secret, ClientRequestToken: run, Step: "endGrace" }),
      }),
    );
  }
  return { over: over.map((it) => it.id) };
});
