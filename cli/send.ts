import { setTimeout as pause } from "node:timers/promises";
import type { Send } from "./api.ts";
import { Failure } from "./failure.ts";
import { findApi } from "./find-api.ts";
import type { HttpAnswer } from "./http-exchange.ts";
import { readAnswer } from "./read-answer.ts";

/** Waits before a second and third try: long enough for a restart, short enough for a person. */
const pauses = [300, 1000];

/**
 * The signed way to the API. What may safely be sent twice is sent again after a network error or a gateway's
 * 502 to 504: reading, replacing the verifier, and asking with an idempotency key.
 */
export function signedSend(env: NodeJS.ProcessEnv, signal: AbortSignal): Send {
  let base: Promise<URL> | undefined;
  return async (method, path, options = {}) => {
    base ??= findApi(env);
    const root = await base;
    const url = new URL(root.pathname.replace(/\/$/, "") + path, root);
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const repeatable = method !== "POST" || options.headers?.["idempotency-key"] !== undefined;
    const [{ signRequest }, { httpExchange }] = await Promise.all([
      import("./sign-request.ts"),
      import("./http-exchange.ts"),
    ]);

    async function once(): Promise<HttpAnswer> {
      const content = body === undefined ? {} : { "content-type": "application/json" };
      const headers = await signRequest({
        method,
        url,
        headers: { accept: "application/json", ...content, ...options.headers },
        ...(body === undefined ? {} : { body }),
      });
      try {
        return await httpExchange({ method, url, headers, signal, ...(body === undefined ? {} : { body }) });
      } catch (cause) {
        if (signal.aborted) throw cause;
        const why = cause instanceof Error ? cause.message || cause.name : String(cause);
        throw new Failure(
          "UNAVAILABLE",
          `the API at ${root.host} did not answer: ${why}`,
          "check the network and DBLEASE_API, then run the same command again",
        );
      }
    }

    for (const wait of repeatable ? pauses : []) {
      const answer = await once().catch((error: unknown) => {
        if (error instanceof Failure && error.code === "UNAVAILABLE") return undefined;
        throw error;
      });
      if (answer && ![502, 503, 504].includes(answer.status)) return readAnswer(answer, root);
      await pause(wait, undefined, { signal });
    }
    return readAnswer(await once(), root);
  };
}
