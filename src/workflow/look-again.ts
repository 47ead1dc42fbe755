import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { type EngineFunctions, engineFunction } from "../engine-functions.ts";
import type { Grant } from "../grant.ts";

/** Has the engine's revoke function look at the user of a closed grant once more; does not wait for it. */
export function lookAgainBy(
  lambda: LambdaClient,
  revokeFunctionOf: EngineFunctions,
): (grant: Grant, holder: string) => Promise<void> {
  return async (grant, holder) => {
    await lambda.send(
      new InvokeCommand({
        FunctionName: engineFunction(revokeFunctionOf, grant.database.engine),
        InvocationType: "Event",
        Payload: JSON.stringify({ grantId: grant.id, holder }),
      }),
    );
  };
}
