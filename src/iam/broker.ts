/** Signs login tokens: assumes the one connect role for one grant, and signs with what it gets. */
import { AssumeRoleCommand, type STSClient } from "@aws-sdk/client-sts";
import { DbleaseError } from "../errors.ts";
import type { Grant, Member } from "../grant.ts";
import { connectPolicy, sourceIdentity } from "./connect-policy.ts";
import { signToken } from "./sign-token.ts";

export interface Broker {
  sts: STSClient;
  connectRole: string;
  region: string;
}

/** The shortest that STS gives; tokens live as long. */
const sessionSeconds = 900;

function arnParts(role: string): { partition: string; accountId: string } {
  const [, partition = "", , , accountId = ""] = role.split(":");
  return { partition, accountId };
}

/** An outage is not a no: who may not assume the role never may, everybody else tries again. */
function stsError(error: unknown): DbleaseError {
  const denied = error instanceof Error && /^AccessDenied/.test(error.name);
  return denied
    ? new DbleaseError("BAD_CONFIGURATION", "the connect role does not let the broker in", {
        next: "deploy dblease again",
        cause: error,
      })
    : new DbleaseError("UNAVAILABLE", "AWS STS did not answer, so no token could be signed", {
        next: "run the same command again",
        cause: error,
      });
}

/**
 * A token for the user of an active grant on one of its entrances, good for 15 minutes and, by its policy, not
 * beyond the grant. CloudTrail shows the grant id as session name and the requester as source identity.
 * @throws UNAVAILABLE where STS fails or RDS knows no id of the server, BAD_CONFIGURATION where the role is closed.
 */
export async function signForGrant(broker: Broker, grant: Grant, entrance: Member): Promise<string> {
  const { id, host, port, resourceId } = entrance;
  if (!resourceId || !grant.expiresAt) {
    throw new DbleaseError("UNAVAILABLE", `RDS knows no resource id of ${id}`, {
      next: `dblease doctor ${grant.database.id}`,
    });
  }
  const target = {
    ...arnParts(broker.connectRole),
    region: broker.region,
    resourceId,
    username: grant.username,
  };
  const session = await broker.sts
    .send(
      new AssumeRoleCommand({
        RoleArn: broker.connectRole,
        RoleSessionName: grant.id,
        SourceIdentity: sourceIdentity(grant.requester.name),
        DurationSeconds: sessionSeconds,
        Policy: connectPolicy([target], grant.expiresAt),
      }),
    )
    .catch((error: unknown) => {
      throw stsError(error);
    });
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = session.Credentials ?? {};
  return signToken({ host, port, username: grant.username }, broker.region, {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  });
}
