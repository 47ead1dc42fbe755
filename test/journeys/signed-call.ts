import { request } from "node:http";
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import type { AwsAccess } from "../../local-stack/aws-access.ts";

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever field it is about
  body: any;
}

/** One request to the deployed API, signed by these credentials (or by none). Names under .localhost are loopback. */
export async function signedCall(
  access: (AwsAccess & { credentials: { sessionToken?: string } }) | undefined,
  apiUrl: string,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const url = new URL(`${apiUrl.replace(/\/$/, "")}${path}`);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const unsigned = {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host, ...(text ? { "content-type": "application/json" } : {}), ...headers },
    ...(text ? { body: text } : {}),
  };
  const signer =
    access &&
    new SignatureV4({
      service: "execute-api",
      region: access.region,
      credentials: access.credentials,
      sha256: Sha256,
    });
  const signed = signer ? await signer.sign(unsigned) : unsigned;
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port: url.port, method, path: url.pathname + url.search, headers: signed.headers },
      (answer) => {
        let all = "";
        answer.setEncoding("utf8").on("data", (part: string) => {
          all += part;
        });
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, body: all ? JSON.parse(all) : undefined }),
        );
      },
    );
    sent.on("error", reject).end(text);
  });
}
