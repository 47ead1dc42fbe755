import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { awsRegion } from "./aws-region.ts";
import { Failure } from "./failure.ts";
import { notSignedIn } from "./not-signed-in.ts";

/** One parameter of the Systems Manager, or undefined where there is none. */
export async function readParameter(name: string): Promise<string | undefined> {
  const client = new SSMClient({ region: await awsRegion() });
  try {
    const answer = await client.send(new GetParameterCommand({ Name: name }));
    return answer.Parameter?.Value;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === "ParameterNotFound") return undefined;
    if (error.name === "CredentialsProviderError") throw notSignedIn(error);
    if (/^(UnrecognizedClient|InvalidClientTokenId|ExpiredToken|InvalidSignature)/.test(error.name)) {
      throw notSignedIn(error);
    }
    throw new Failure(
      error.name.startsWith("AccessDenied") ? "NOT_ALLOWED" : "UNAVAILABLE",
      `the API's address could not be read from the SSM parameter ${name}: ${error.message}`,
      "export DBLEASE_API=<address>, or ask for ssm:GetParameter on it",
    );
  } finally {
    client.destroy();
  }
}
