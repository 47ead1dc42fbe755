/** The HTTP API behind the IAM authorizer: find the person, run the route, answer. */
import { randomBytes } from "node:crypto";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";
import middy from "@middy/core";
import jsonBodyParser from "@middy/http-json-body-parser";
import router from "@middy/http-router";
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyStructuredResultV2 as Result,
} from "aws-lambda";
import { callerOf } from "../src/api/caller-of.ts";
import { respond, respondProblem } from "../src/api/respond.ts";
import { type ApiParts, type ApiRoute, routes } from "../src/api/routes.ts";
import { findPerson } from "../src/iam/find-people.ts";
import { setting } from "../src/setting.ts";
import { readConfigItem } from "../src/store/configs.ts";
import { openTable } from "../src/store/table.ts";
import { openWorkflows } from "../src/workflow/start.ts";

const account = setting("ACCOUNT");
const api: ApiParts = {
  table: openTable(setting("TABLE")),
  workflows: openWorkflows({
    grantMachine: setting("GRANT_MACHINE"),
    revokeMachine: setting("REVOKE_MACHINE"),
    reconcileMachine: setting("RECONCILE_MACHINE"),
  }),
  iam: new IAMClient({}),
  rds: new RDSClient({}),
  admin: { client: new LambdaClient({}), functionOf: { postgres: setting("POSTGRES_ADMIN") } },
  clock: () => new Date(),
  random: (count) => randomBytes(count),
};

async function run(route: ApiRoute, event: APIGatewayProxyEventV2WithIAMAuthorizer): Promise<Result> {
  const caller = callerOf(event);
  const stored = await readConfigItem(api.table);
  const person = await findPerson(api.iam, caller, stored.config, account);
  const input = {
    id: event.pathParameters?.id ?? "",
    body: event.body,
    query: event.queryStringParameters ?? {},
    idempotencyKey: event.headers["idempotency-key"],
  };
  return respond(await route.run(api, { person, stored }, input));
}

/** The router's types know an event without its authorizer; `callerOf` checks that there is one. */
type Event = APIGatewayProxyEventV2;

function routed(route: ApiRoute) {
  const action = middy<Event, Result>();
  if (route.method !== "GET") action.use(jsonBodyParser({ disableContentTypeError: true }));
  return {
    method: route.method,
    path: route.path,
    handler: action.handler((event) => run(route, event as APIGatewayProxyEventV2WithIAMAuthorizer)),
  };
}

export const handler = middy<Event, Result>()
  .onError((request) => {
    const response = respondProblem(request.error);
    if (Number(response.statusCode) >= 500) console.error(request.error);
    request.response = response;
  })
  .handler(router<Event, Result>(routes.map(routed)));
