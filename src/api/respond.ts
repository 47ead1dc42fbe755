import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { problem } from "./problem.ts";

/** What a route answers; the only place that knows of status codes and headers. */
export interface Answer {
  status: 200 | 201 | 202;
  body: unknown;
}

export function respond(answer: Answer): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: answer.status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(answer.body),
  };
}

export function respondProblem(error: unknown): APIGatewayProxyStructuredResultV2 {
  const body = problem(error);
  return {
    statusCode: body.status,
    headers: { "content-type": "application/problem+json" },
    body: JSON.stringify(body),
  };
}
