import type { APIGatewayProxyEventV2WithIAMAuthorizer } from "aws-lambda";
import { DbleaseError } from "../errors.ts";
import type { Caller } from "../identity.ts";

/** The caller that the IAM authorizer of the HTTP API vouches for. @throws NOT_SIGNED_IN for an event without one. */
export function callerOf(event: Pick<APIGatewayProxyEventV2WithIAMAuthorizer, "requestContext">): Caller {
  // The type promises an authorizer; a route that was left open would not have one.
  const iam: Partial<Caller> | undefined = event.requestContext.authorizer?.iam;
  const { accountId, userArn, userId } = iam ?? {};
  if (accountId && userArn && userId) return { accountId, userArn, userId };
  throw new DbleaseError("NOT_SIGNED_IN", "this call is not signed by an AWS identity", {
    next: "sign the request with AWS credentials",
  });
}
