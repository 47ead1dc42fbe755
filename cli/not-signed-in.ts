import { Failure } from "./failure.ts";

/** AWS credentials are missing, unknown or too old; the SDK's own sentence tells which. */
export function notSignedIn(cause: Error): Failure {
  // The SDK writes one line per place it looked at; the first says what matters.
  const why = (cause.message.split("\n")[0] ?? "").replace(/\.$/, "");
  return new Failure(
    "NOT_SIGNED_IN",
    `no valid AWS credentials: ${why}`,
    "export AWS_PROFILE=<profile>, and for a profile of Identity Center: aws sso login",
  );
}
