import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/**
 * Computes the signature of a request again, from the AWS documentation ("Create a signed AWS API request") and
 * without the SDK, and compares. Answers why it is not right, or undefined.
 */
export function sigv4Fault(
  request: IncomingMessage,
  body: string,
  expected: { accessKeyId: string; secretAccessKey: string; region: string; service: string },
): string | undefined {
  const authorization = request.headers.authorization ?? "";
  const parts = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
    authorization,
  );
  const [, credential, signedHeaders, signature] = parts ?? [];
  if (!credential || !signedHeaders) return `no signature: "${authorization}"`;
  const time = String(request.headers["x-amz-date"]);
  const scope = `${time.slice(0, 8)}/${expected.region}/${expected.service}/aws4_request`;
  if (credential !== `${expected.accessKeyId}/${scope}`)
    return `credential is ${credential}, not of ${scope}`;
  for (const needed of ["host", "x-amz-date"]) {
    if (!signedHeaders.split(";").includes(needed)) return `${needed} is not signed`;
  }
  const url = new URL(request.url ?? "/", "http://ignored");
  const query = [...url.searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join("&");
  const canonical = [
    request.method,
    url.pathname.split("/").map(encodeURIComponent).join("/"),
    query,
    ...signedHeaders.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}`),
    "",
    signedHeaders,
    sha256(body),
  ].join("\n");
  let key: string | Buffer = `AWS4${expected.secretAccessKey}`;
  for (const word of scope.split("/")) key = hmac(key, word);
  const right = hmac(key, ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n")).toString("hex");
  return right === signature ? undefined : "the signature is not the one of this request";
}
