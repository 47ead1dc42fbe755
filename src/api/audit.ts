/** GET /audit/...: the questions that auditors ask. */
import { askGrant } from "../audit/ask-grant.ts";
import { askWho } from "../audit/ask-who.ts";
import { DbleaseError } from "../errors.ts";
import { type Api, type Call, isAuditor, visibleGrant } from "./api.ts";
import { auditQuery, parseBody, whoQuery } from "./bodies.ts";
import type { Input, Route } from "./http-handler.ts";

/** A question that auditors alone may ask. */
function question(path: string, ask: (api: Api, call: Call, input: Input) => Promise<unknown>): Route<Api> {
  return {
    method: "GET",
    path: `/audit/${path}`,
    async run(api, call, input) {
      if (isAuditor(call)) return { status: 200, body: await ask(api, call, input) };
      throw new DbleaseError("NOT_ALLOWED", "only auditors may ask the audit", {
        next: "ask one of auditors in dblease.yaml",
      });
    },
  };
}

export const auditRoutes: readonly Route<Api>[] = [
  question("who", (api, _, { query }) => {
    const { database, from, to, page } = parseBody(whoQuery, query);
    return askWho(api.table, { database, from, to: to ?? from, page });
  }),
  question("grants/{id}", async (api, call, { id, query }) => {
    const { page } = parseBody(auditQuery, query);
    return askGrant(api.table, await visibleGrant(api, call, id), page);
  }),
];
