import { randomBytes } from "node:crypto";
import { type IncomingHttpHeaders, request } from "node:http";
import { openConsole } from "../../cli/console/open-console.ts";
import { type PlayedApi, playedApi } from "./played-api.ts";
import { now, records, type Wording } from "./played-records.ts";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface GivenConsole extends PlayedApi {
  address: string;
  origin: string;
  /** `path` is beside the address, or begins with a slash. */
  ask(
    path: string,
    options?: { method?: string; headers?: Record<string, string>; body?: string },
  ): Promise<Answer>;
  /** As a browser sends a form of this page. */
  send(fields: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** The page as it stands on somebody's machine, before an API that is played. */
export async function givenConsole({
  word,
  auditor = true,
  comeIn = true,
}: {
  word?: Wording;
  auditor?: boolean;
  comeIn?: boolean;
} = {}): Promise<GivenConsole> {
  const played = playedApi(records(word), { auditor });
  const { address: printed, serveUntil } = await openConsole(played.api, {
    port: 0,
    now: () => now,
    random: randomBytes,
    opened: () => {},
  });
  const end = new AbortController();
  const over = serveUntil(end.signal);
  const { origin } = new URL(printed);
  let address = printed;
  const ask: GivenConsole["ask"] = (path, { method = "GET", headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const call = request(new URL(path, address), { method, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part) => parts.push(part));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts).toString(),
          }),
        );
      });
      call.on("error", reject);
      call.end(body);
    });
  if (comeIn) address = new URL(`${(await ask(printed)).headers.location}`, origin).href;
  return {
    ...played,
    address,
    origin,
    ask,
    send: (fields, headers = {}) =>
      ask("decide", {
        method: "POST",
        headers: {
          origin,
          "content-type": "application/x-www-form-urlencoded",
          "sec-fetch-site": "same-origin",
          ...headers,
        },
        body: String(new URLSearchParams(fields)),
      }),
    async close() {
      end.abort();
      await over;
    },
  };
}

/** The one-time token of a form, as it stands in the page. */
export function tokenIn(page: string, decision: string): string {
  const form = page.split("<form").find((it) => it.includes(`name="decision" value="${decision}"`));
  return /name="token" value="([^"]+)"/.exec(form ?? "")?.[1] ?? "";
}
