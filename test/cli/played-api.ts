import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { sigv4Fault } from "./sigv4-judge.ts";

export const caller = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "secret-of-the-caller",
  region: "eu-central-1",
};

export interface Reply {
  status?: number;
  body: unknown;
}

export interface Received {
  /** Method and path with query, for example `GET /grants/7k2m9q4x1c0z`. */
  line: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface PlayedApi {
  url: string;
  port: number;
  received: Received[];
  /** What to answer to a line; of a list the last one stays. A function is asked each time. */
  answer(line: string, ...replies: Reply[]): void;
  close(): Promise<void>;
}

/**
 * A server that plays dblease's API: it checks signatures as API Gateway does and answers what a test laid down.
 * The real API is tested in test/journeys; here the command line alone is on trial.
 */
export async function playApi(service = "execute-api"): Promise<PlayedApi> {
  const script = new Map<string, Reply[]>();
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const line = `${request.method} ${request.url}`;
      received.push({ line, headers: request.headers, body });
      const fault = sigv4Fault(request, body, { ...caller, service });
      const replies = script.get(line);
      const reply: Reply = fault
        ? { status: 403, body: { message: "Forbidden", fault } }
        : ((replies && replies.length > 1 ? replies.shift() : replies?.[0]) ?? {
            status: 404,
            body: { message: "Not Found" },
          });
      const status = reply.status ?? 200;
      const type = status >= 400 ? "application/problem+json" : "application/json";
      response.writeHead(status, { "content-type": type });
      response.end(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server that listens has an address of this shape.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    answer: (line, ...replies) => void script.set(line, replies),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
