/** A Lambda behind the HTTP API: find the person, run the route, answer. */
import type { IAMClient } from "@aws-sdk/client-iam";
import middy from "@middy/core";
import jsonBodyParser from "@middy/http-json-body-parser";
import router from "@middy/http-router";
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyStructuredResultV2 as Result,
} from "aws-lambda";
import { findPerson } from "../iam/find-people.ts";
import { readConfigItem } from "../store/configs.ts";
import type { Table } from "../store/table.ts";
import type { Call } from "./api.ts";
import { callerOf } from "./caller-of.ts";
import { type Answer, respond, respondProblem } from "./respond.ts";

export interface Input {
  id: string;
  body: unknown;
  query: Readonly<Record<string, string | undefined>>;
  idempotencyKey: string | undefined;
}

export interface Route<Parts> {
  method: "GET" | "POST" | "PUT";
  path: string;
  run: (parts: Parts, call: Call, input: Input) => Promise<Answer>;
}

/** The router's types know an event without its authorizer; `callerOf` checks that there is one. */
type Event = APIGatewayProxyEventV2;

/** @param account the account dblease runs in; callers of others are refused. */
export function httpHandler<Parts extends { table: Table; iam: IAMClient }>(
  parts: Parts,
  routes: readonly Route<Parts>[],
  account: string,
) {
  async function run(route: Route<Parts>, event: APIGatewayProxyEventV2WithIAMAuthorizer): Promise<Result> {
    const caller = callerOf(event);
    const stored = await readConfigItem(parts.table);
    const person = await findPerson(parts.iam, caller, stored.config, account);
    const input = {
      id: event.pathParameters?.id ?? "",
      body: event.body,
      query: event.queryStringParameters ?? {},
      idempotencyKey: event.headers["idempotency-key"],
    };
    return respond(await route.run(parts, { person, stored }, input));
  }

  function routed(route: Route<Parts>) {
    const action = middy<Event, Result>();
    if (route.method !== "GET") action.use(jsonBodyParser({ disableContentTypeError: true }));
    return {
      method: route.method,
      path: route.path,
      handler: action.handler((event) => run(route, event as APIGatewayProxyEventV2WithIAMAuthorizer)),
    };
  }

  return middy<Event, Result>()
    .onError((request) => {
      const response = respondProblem(request.error);
      if (Number(response.statusCode) >= 500) console.error(request.error);
      request.response = response;
    })
    .handler(router<Event, Result>(routes.map(routed)));
}
