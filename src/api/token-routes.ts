/** The routes of the broker: a function of its own, because only it may assume the connect role. */
import { parseBody, tokenBody } from "./bodies.ts";
import type { Route } from "./http-handler.ts";
import { issueToken, type TokenApi } from "./issue-token.ts";

export const tokenRoutes: readonly Route<TokenApi>[] = [
  {
    method: "POST",
    path: "/grants/{id}/token",
    run: async (api, call, { id, body }) => ({
      status: 201,
      body: await issueToken(api, call, id, parseBody(tokenBody, body).member),
    }),
  },
];
