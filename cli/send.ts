import { setTimeout as pause } from "node:timers/promises";
import type { Send } from "./api.ts";
import { Failure } from "./failure.ts";
import { findApi } from "./find-api.ts";
import type { HttpAnswer } from "./http-exchange.ts";
import { readAnswer } from "./read-answer.ts";
import type { UnsignedRequest } from "./sign-request.ts";

/** Waits before the second and the third try: long enough for a restart, short enough for a person. */
const pauses = [300, 1000];

function silent(host: string, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new Failure(
    "UNAVAILABLE",
    `the API at ${host} did not answer: ${why}`,
    "check the network and DBLEASE_API, then run the same command again",
  );
}

/** Signs and sends once. Signing stands in here because a signature is good for five minutes only. */
async function sendOnce(request: UnsignedRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const [{ signRequest }, { httpExchange }] = await Promise.all([
    import("./sign-request.ts"),
    import("./http-exchange.ts"),
  ]);
  const headers = await signRequest(request);
  try {
    return await httpExchange({ ...request, headers, signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw silent(request.url.host, cause);
  }
}

/** The same again after a network error or a gateway's 502 to 504. */
async function sendUntilAnswered(request: UnsignedRequest, signal: AbortSignal): Promise<HttpAnswer> {
  for (const wait of pauses) {
    try {
      const answer = await sendOnce(request, signal);
      if (![502, 503, 504].includes(answer.status)) return answer;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "UNAVAILABLE") throw error;
    }
    await pause(wait, undefined, { signal });
  }
  return sendOnce(request, signal);
}

/** The signed way to the API. */
export function signedSend(env: NodeJS.ProcessEnv, signal: AbortSignal): Send {
  let base: Promise<URL> | undefined;
  return async (method, path, { body, headers = {} } = {}) => {
    base ??= findApi(env);
    const root = await base;
    const request: UnsignedRequest = {
      method,
      url: new URL(root.pathname.replace(/\/$/, "") + path, root),
      headers: { accept: "application/json", ...headers },
    };
    if (body !== undefined) {
      request.headers["content-type"] = "application/json";
      request.body = JSON.stringify(body);
    }
    // Reading, replacing the verifier, and asking with an idempotency key come to the same when sent twice.
    const repeatable = method !== "POST" || headers["idempotency-key"] !== undefined;
    return readAnswer(await (repeatable ? sendUntilAnswered : sendOnce)(request, signal), root);
  };
}
