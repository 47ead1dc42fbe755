import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { Engine, Grant } from "../grant.ts";

/** Has the engine's revoke function look at the user of a closed grant once more; does not wait for it. */
export function lookAgainBy(
  lambda: LambdaClient,
  revokeFunctionOf: Partial<Record<Engine, string>>,
): (grant: Grant, holder: string) => Promise<void> {
  return async (grant, holder) => {
    await lambda.send(
      new InvokeCommand({
        FunctionName: revokeFunctionOf[grant.database.engine],
        InvocationType: "Event",
        Payload: JSON.stringify({ grantId: grant.id, holder }),
      }),
    );
  };
}
