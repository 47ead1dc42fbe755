import type { IncomingMessage } from "node:http";
import type { Api } from "../api.ts";
import { Failure } from "../failure.ts";
import { decide } from "./decide.ts";
import { enter, type Guest, type House } from "./door.ts";
import { errorPage } from "./error-page.ts";
import { findingsPage } from "./findings-page.ts";
import { framed } from "./frame.ts";
import { grantPage } from "./grant-page.ts";
import { nowPage } from "./now-page.ts";
import type { OneTimeTokens } from "./one-time-tokens.ts";
import { passwordsPage } from "./passwords-page.ts";
import { readForm } from "./read-form.ts";
import { style } from "./style.ts";
import { timelineCsv } from "./timeline-csv.ts";
import { timelinePage } from "./timeline-page.ts";
import type { Page, Visit } from "./visit.ts";

export interface Reply {
  status: number;
  type?: "html" | "css" | "csv" | "plain";
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

export interface Console {
  api: Api;
  now: () => Date;
  tokens: OneTimeTokens;
  house: House;
  /** Lets the first newcomer in; false: somebody has come in by the printed address already. */
  letIn(): boolean;
}

function htmlReply(page: Page, here: string, now: Date, status = 200): Reply {
  return { status, type: "html", body: framed(page, here || "./", now).text };
}

/** What is read. A page knows only the API's questions, so that nothing in here can change anything. */
async function read({ page, query }: Guest, { api, now, tokens }: Console): Promise<Reply> {
  if (page === "style.css") return { status: 200, type: "css", body: style };
  const visit: Visit = { api, now: now(), query, token: tokens.issue };
  if (page === "timeline.csv") {
    const name = { "content-disposition": 'attachment; filename="dblease-timeline.csv"' };
    return { status: 200, type: "csv", body: await timelineCsv(visit), headers: name };
  }
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

function plain(status: number, sentence: string): Reply {
  return { status, type: "plain", body: `${sentence}\n` };
}

function welcome({ house, letIn }: Console): Reply {
  if (letIn()) return { status: 303, body: "", headers: { location: `/${house.secret}/` } };
  return plain(
    410,
    "This address has been opened before. If that was not you, end dblease console with Ctrl-C.",
  );
}

/** What a request is answered with; never fails. */
export async function answer(request: IncomingMessage, it: Console): Promise<Reply> {
  const { method = "", url = "" } = request;
  const guest = enter({ method, url, headers: request.headers }, it.house);
  if (guest === "newcomer") return welcome(it);
  if ("status" in guest) return plain(guest.status, guest.sentence);
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
