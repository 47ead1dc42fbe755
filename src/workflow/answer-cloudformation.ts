/**
 * Tells CloudFormation how a custom resource went; without an answer a deploy hangs for an hour.
 * Source: AWS CloudFormation User Guide, "Custom resource response objects".
 */
import type { CloudFormationCustomResourceEvent } from "aws-lambda";
import { DbleaseError } from "../errors.ts";

const physicalId = "dblease-configuration";

function reasonOf(error: unknown): string {
  if (error instanceof DbleaseError) return `${error.message} (next: ${error.next})`;
  return error instanceof Error ? error.message : String(error);
}

/** Runs the action and sends its outcome; an action that throws fails the deploy with its sentence. */
export async function answerCloudFormation(
  event: CloudFormationCustomResourceEvent,
  action: () => Promise<Record<string, unknown>>,
): Promise<void> {
  const outcome = await action().then(
    (data) => ({ Status: "SUCCESS", Data: data }),
    (error: unknown) => ({ Status: "FAILED", Reason: reasonOf(error) }),
  );
  await fetch(event.ResponseURL, {
    method: "PUT",
    // The pre-signed URL is signed for an empty content type.
    headers: { "content-type": "" },
    body: JSON.stringify({
      ...outcome,
      PhysicalResourceId: physicalId,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
    }),
  });
}
