import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import { awsRegion } from "./aws-region.ts";
import { notSignedIn } from "./not-signed-in.ts";

export interface UnsignedRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string;
}

const credentials = fromNodeProviderChain();

/** On AWS the region stands in the API's own host name and counts more than that of the profile. */
async function regionOf(url: URL): Promise<string> {
  return /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(url.hostname)?.[1] ?? (await awsRegion());
}

/**
 * The headers with which API Gateway's IAM authorizer knows the caller. This module is loaded lazily: it brings
 * the SDK's credential chain along.
 * @throws NOT_SIGNED_IN where the chain finds nothing.
 */
export async function signRequest(request: UnsignedRequest): Promise<Record<string, string>> {
  const { method, url, headers, body } = request;
  const identity = await credentials().catch((error: Error) => {
    throw notSignedIn(error);
  });
  const signer = new SignatureV4({
    service: "execute-api",
    region: await regionOf(url),
    credentials: identity,
    sha256: Sha256,
  });
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { ...headers, host: url.host },
    ...(body === undefined ? {} : { body }),
  });
  return signed.headers;
}
