import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Api } from "../api.ts";
import { Failure } from "../failure.ts";
import { decide } from "./decide.ts";
import { enter, type Guest, type House, headers } from "./door.ts";
import { errorPage } from "./error-page.ts";
import { findingsPage } from "./findings-page.ts";
import { framed } from "./frame.ts";
import { grantPage } from "./grant-page.ts";
import { nowPage } from "./now-page.ts";
import { type OneTimeTokens, oneTimeTokens } from "./one-time-tokens.ts";
import { passwordsPage } from "./passwords-page.ts";
import { readForm } from "./read-form.ts";
import { style } from "./style.ts";
import { timelinePage } from "./timeline-page.ts";
import type { Page, Visit } from "./visit.ts";

interface Reply {
  status: number;
  type?: "html" | "css" | "plain";
  body: string;
  headers?: Readonly<Record<string, string>>;
}

const pages: Readonly<Record<string, (visit: Visit) => Promise<Page>>> = {
  "": nowPage,
  timeline: timelinePage,
  findings: findingsPage,
  passwords: passwordsPage,
  grant: grantPage,
};

interface Console {
  api: Api;
  now: () => Date;
  tokens: OneTimeTokens;
}

function htmlReply(page: Page, here: string, now: Date, status = 200): Reply {
  return { status, type: "html", body: framed(page, here || "./", now).text };
}

/** What is read. Nothing in here has a way to change anything but a form's token. */
async function read({ page, query }: Guest, { api, now, tokens }: Console): Promise<Reply> {
  if (page === "style.css") return { status: 200, type: "css", body: style };
  const visit: Visit = { api, now: now(), query, token: tokens.issue };
  const show = Object.hasOwn(pages, page) ? pages[page] : undefined;
  if (!show) throw new Failure("NOT_FOUND", "there is no such page", "go to Now");
  return htmlReply(await show(visit), page, visit.now);
}

/** What is changed; afterwards the browser reads, so that loading again sends nothing again. */
async function change(guest: Guest, request: IncomingMessage, { api, tokens }: Console): Promise<Reply> {
  if (guest.page !== "decide") throw new Failure("NOT_FOUND", "there is no such form", "go to Now");
  const id = await decide(api, tokens, await readForm(request));
  return { status: 303, body: "", headers: { location: `grant?id=${id}` } };
}

async function answer(request: IncomingMessage, house: House, it: Console): Promise<Reply> {
  const { method = "", url = "" } = request;
  const guest = enter({ method, url, headers: request.headers }, house);
  if ("status" in guest) return { status: guest.status, type: "plain", body: `${guest.sentence}\n` };
  try {
    return await (guest.isPost ? change(guest, request, it) : read(guest, it));
  } catch (error) {
    const mistake = {
      code: "UNEXPECTED",
      message: `dblease itself failed: ${error}`,
      next: "load the page again; should it stay, report it",
    };
    const page = errorPage(error instanceof Failure ? error : mistake);
    return htmlReply(page, guest.page, it.now(), page.status);
  }
}

function write(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const type = { html: "text/html", css: "text/css", plain: "text/plain" }[reply.type ?? "plain"];
  response.writeHead(reply.status, {
    ...headers,
    "content-type": `${type}; charset=utf-8`,
    ...reply.headers,
  });
  response.end(request.method === "HEAD" ? undefined : reply.body);
}

/** Resolves when whoever started this process is gone: nobody would be left to end it. */
async function parentGone(signal: AbortSignal): Promise<void> {
  const parent = process.ppid;
  while (process.ppid === parent) await pause(1000, undefined, { signal });
}

export interface OpenConsole {
  address: string;
  /** Until Ctrl-C, or until the parent of this process is gone. */
  serveUntil(signal: AbortSignal): Promise<void>;
}

/** The page, on this machine only. @throws UNAVAILABLE where the port is taken. */
export async function openConsole(
  api: Api,
  options: { port: number; now: () => Date; random: (count: number) => Uint8Array },
): Promise<OpenConsole> {
  const { now, random } = options;
  const server = createServer();
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening").catch((error: NodeJS.ErrnoException) => {
    throw new Failure(
      "UNAVAILABLE",
      `port ${options.port} cannot be listened on (${error.code})`,
      "leave --port out: any free one",
    );
  });
  // A TCP server that listens has an address of this shape.
  const { port } = server.address() as AddressInfo;
  const house = {
    origin: new URL(`http://127.0.0.1:${port}`).origin,
    secret: Buffer.from(random(24)).toString("base64url"),
  };
  const it = { api, now, tokens: oneTimeTokens(random) };
  server.on("request", (request, response) => {
    answer(request, house, it).then((reply) => write(request, response, reply));
  });
  return {
    address: `${house.origin}/${house.secret}/`,
    async serveUntil(signal) {
      await parentGone(signal).catch(() => {});
      server.close();
      server.closeAllConnections();
    },
  };
}
