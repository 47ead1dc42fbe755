import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Api } from "../api.ts";
import { Failure } from "../failure.ts";
import { answer, type Reply } from "./answer.ts";
import { headers } from "./door.ts";
import { oneTimeTokens } from "./one-time-tokens.ts";

function write(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const type = { html: "text/html", css: "text/css", csv: "text/csv", plain: "text/plain" }[
    reply.type ?? "plain"
  ];
  response.writeHead(reply.status, {
    ...headers,
    "content-type": `${type}; charset=utf-8`,
    ...reply.headers,
  });
  response.end(request.method === "HEAD" ? undefined : reply.body);
}

/** Resolves when whoever started this process is gone: nobody would be left to end it. */
async function parentGone(parent: number, signal: AbortSignal): Promise<void> {
  while (process.ppid === parent) await pause(1000, undefined, { signal });
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch((error: NodeJS.ErrnoException) => {
    throw new Failure(
      "UNAVAILABLE",
      `port ${port} cannot be listened on (${error.code})`,
      "leave --port out: any free one",
    );
  });
  return server;
}

export interface OpenConsole {
  /** Leads in once. */
  address: string;
  /** Until Ctrl-C, or until the parent of this process is gone. */
  serveUntil(signal: AbortSignal): Promise<void>;
}

export interface ConsoleOptions {
  port: number;
  now: () => Date;
  random: (count: number) => Uint8Array;
  /** Hears when somebody came in by the address. */
  opened: () => void;
}

/** The page, on this machine only. @throws UNAVAILABLE where the port is taken. */
export async function openConsole(
  api: Api,
  { port: wanted, now, random, opened }: ConsoleOptions,
): Promise<OpenConsole> {
  // Before anybody hears the address: whoever waits for it may be gone a moment later.
  const parent = process.ppid;
  const server = await listen(wanted);
  // A TCP server that listens has an address of this shape.
  const { port } = server.address() as AddressInfo;
  const secret = () => Buffer.from(random(24)).toString("base64url");
  const house = { origin: new URL(`http://127.0.0.1:${port}`).origin, secret: secret(), entry: secret() };
  let isOpen = false;
  const letIn = () => {
    if (isOpen) return false;
    isOpen = true;
    opened();
    return true;
  };
  const it = { api, now, tokens: oneTimeTokens(random), house, letIn };
  server.on("request", (request, response) => {
    answer(request, it).then((reply) => write(request, response, reply));
  });
  return {
    address: `${house.origin}/${house.entry}`,
    async serveUntil(signal) {
      await parentGone(parent, signal).catch(() => {});
      server.close();
      server.closeAllConnections();
    },
  };
}
