import type { LookupFunction } from "node:net";

export interface HttpAnswer {
  status: number;
  type: string;
  text: string;
}

/** Names under .localhost are this machine (RFC 6761, 6.3), which not every resolver knows. */
const loopback: LookupFunction = (_name, options, done) => {
  if (options.all) done(null, [{ address: "127.0.0.1", family: 4 }]);
  else done(null, "127.0.0.1", 4);
};

const silence = 30_000;

/** One request, one answer. Rejects only where no whole answer came. */
export async function httpExchange(request: {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
}): Promise<HttpAnswer> {
  const { url, method, headers, signal } = request;
  // Imported late: in a bundle a static import of node:http costs every start some 25 ms, --help included.
  const { request: open } = await (url.protocol === "https:" ? import("node:https") : import("node:http"));
  const local = url.hostname === "localhost" || url.hostname.endsWith(".localhost");
  return new Promise((resolve, reject) => {
    const call = open(url, {
      method,
      headers,
      signal,
      timeout: silence,
      ...(local ? { lookup: loopback } : {}),
    });
    call.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", text });
      });
    });
    call.on("timeout", () => call.destroy(new Error(`no answer for ${silence / 1000} seconds`)));
    call.on("error", reject);
    call.end(request.body);
  });
}
