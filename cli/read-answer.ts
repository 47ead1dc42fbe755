import type { ErrorCode } from "../src/errors.ts";
import type { ProblemView } from "../src/views.ts";
import { Failure } from "./failure.ts";
import type { HttpAnswer } from "./http-exchange.ts";

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is ProblemView {
  return (
    typeof value === "object" && value !== null && "code" in value && "detail" in value && "next" in value
  );
}

/** API Gateway's own words: `{"message": ...}`, or `{"Message": ...}` from its older parts. */
function gatewayMessage(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  const message = "message" in value ? value.message : "Message" in value ? value.Message : "";
  return typeof message === "string" ? message : "";
}

/** A no that API Gateway said before dblease was asked. */
function gatewayRefusal(status: number, message: string): Failure {
  if (status === 401 || /token|signature|credential|expired|not authenticated/i.test(message)) {
    return new Failure(
      "NOT_SIGNED_IN",
      `AWS did not accept these credentials: ${message || "no reason given"}`,
      "aws sts get-caller-identity shows who you are; sign in again with: aws sso login",
    );
  }
  return new Failure(
    "NOT_ALLOWED",
    "AWS did not let this caller through to the API",
    "check with aws sts get-caller-identity who you are, and ask an administrator for execute-api:Invoke on dblease's API",
  );
}

/** The body of a success; anything else becomes the Failure that the person reads. */
export function readAnswer(answer: HttpAnswer, root: URL): unknown {
  const body = parsed(answer.text);
  if (answer.status >= 200 && answer.status < 300 && body !== undefined) return body;
  if (isProblem(body)) {
    // A newer API may know codes that this version does not; they are shown as they come.
    throw new Failure(body.code as ErrorCode, body.detail, body.next);
  }
  const message = gatewayMessage(body);
  if (answer.status === 401 || answer.status === 403) throw gatewayRefusal(answer.status, message);
  if (answer.status === 429) {
    throw new Failure(
      "TOO_MANY",
      "the API is asked too often right now",
      "wait a moment and run the same command again",
    );
  }
  throw new Failure(
    "UNAVAILABLE",
    `${root.host} answered ${answer.status}${message ? ` (${message})` : ""}, not in the words of dblease's API`,
    "check that DBLEASE_API is the address that the deploy printed, then run the same command again",
  );
}
