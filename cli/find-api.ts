import { Failure } from "./failure.ts";

const parameter = "/dblease/api";

function parse(text: string, source: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === "https:" || url.protocol === "http:")) return url;
  throw new Failure(
    "USAGE",
    `${source} is "${text}", which is not the address of an API`,
    "export DBLEASE_API=https://<id>.execute-api.<region>.amazonaws.com",
  );
}

/**
 * The API's address: `DBLEASE_API`, else what the deploy left in the account's SSM parameter.
 * The SDK is loaded only when it is needed, since loading it costs more than the rest of a command.
 */
export async function findApi(env: NodeJS.ProcessEnv): Promise<URL> {
  const given = env.DBLEASE_API;
  if (given) return parse(given, "DBLEASE_API");
  const { readParameter } = await import("./read-parameter.ts");
  const value = await readParameter(parameter);
  if (value !== undefined) return parse(value, `the SSM parameter ${parameter}`);
  throw new Failure(
    "NOT_FOUND",
    `there is no SSM parameter ${parameter} in this account and region, so dblease does not seem to be deployed here`,
    "pick the right account and region with AWS_PROFILE and AWS_REGION, or export DBLEASE_API=<address>",
  );
}
