import { AssumeRoleCommand, type Credentials, STSClient } from "@aws-sdk/client-sts";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { Signer } from "@aws-sdk/rds-signer";
import type { GrantView, TokenView } from "../src/views.ts";
import { awsRegion } from "./aws-region.ts";
import { Failure } from "./failure.ts";
import { notSignedIn } from "./not-signed-in.ts";

/** The shortest that STS gives; a token needs the credentials that signed it for as long as it lives. */
const sessionSeconds = 900;

async function assume(role: string, grantId: string, region: string): Promise<Partial<Credentials>> {
  const credentials = fromNodeProviderChain();
  await credentials().catch((error: Error) => {
    throw notSignedIn(error);
  });
  const wish = { RoleArn: role, RoleSessionName: grantId, DurationSeconds: sessionSeconds };
  const sts = new STSClient({ region, credentials });
  const { Credentials: found } = await sts.send(new AssumeRoleCommand(wish)).catch((error: Error) => {
    if (!/^AccessDenied/.test(error.name)) throw new Failure("UNAVAILABLE", error.message, "run it again");
    throw new Failure(
      "NOT_ALLOWED",
      `${role} does not let you in`,
      "sign in as the person who asked for this grant: export AWS_PROFILE=<profile>",
    );
  });
  return found ?? {};
}

/**
 * Policy mode: a token signed on this machine with the requester's own IAM role. This module is loaded lazily: it brings the
 * SDK along. @throws NOT_SIGNED_IN, NOT_ALLOWED, NO_ACTIVE_GRANT, UNAVAILABLE.
 */
export async function signAsPerson(grant: GrantView, role: string, now: Date): Promise<TokenView> {
  const { id, username, connection, status, expiresAt = "" } = grant;
  if (status !== "active" || !connection) {
    throw new Failure("NO_ACTIVE_GRANT", `grant ${id} is ${status}`, `dblease show ${id}`);
  }
  const { host, port, database } = connection;
  const region = await awsRegion();
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = await assume(role, id, region);
  const credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
  const signer = new Signer({ hostname: host, port, username, region, credentials });
  const lived = new Date(now.getTime() + sessionSeconds * 1000).toISOString();
  const until = expiresAt < lived ? expiresAt : lived;
  return { token: await signer.getAuthToken(), host, port, username, database, until };
}
