import type { GrantStatus } from "../src/grant.ts";
import type { GrantView } from "../src/views.ts";
import { connectText } from "./connect-text.ts";
import type { Context } from "./context.ts";
import { exitCode } from "./exit-code.ts";
import { Failure } from "./failure.ts";
import type { Outcome } from "./outcome.ts";
import { resumeCommand, waitFor } from "./wait.ts";
import { waitSentence } from "./wait-sentence.ts";

const onTheWay: readonly GrantStatus[] = ["requested", "approved", "granting"];

/** The end of a request: access, a no, or still on its way. */
function requestOutcome(grant: GrantView, context: Context): Outcome {
  const { id, status, denial } = grant;
  if (status === "active") return { data: grant, text: connectText(grant, context.data, context.now()) };
  if (onTheWay.includes(status)) {
    return {
      data: grant,
      text: `${id}  ${status}: ${waitSentence(grant, context.now())}`,
      words: `The request stays open. Go on waiting with: ${resumeCommand(id)}`,
      exit: exitCode.pending,
    };
  }
  if (status === "denied") {
    const by = denial ? ` by ${denial.name}${denial.reason ? `: ${denial.reason}` : ""}` : "";
    throw new Failure("REFUSED", `grant ${id} was denied${by}`, `dblease show ${id}`);
  }
  if (status === "lapsed") {
    throw new Failure("REFUSED", `nobody decided on grant ${id} in time`, "ask again, and tell an approver");
  }
  if (grant.failure && (status === "grant_failed" || grant.end?.cause === "failure")) {
    throw new Failure("UNAVAILABLE", `grant ${id} failed: ${grant.failure.message}`, `dblease show ${id}`);
  }
  throw new Failure("NO_ACTIVE_GRANT", `grant ${id} is ${status} already`, `dblease show ${id}`);
}

/** Waits until a new request is decided and, with a yes, active. A planned start is not waited for. */
export async function waitForAccess(
  context: Context,
  grant: GrantView,
  options: { wait: boolean; timeout: number },
): Promise<Outcome> {
  if (!options.wait || grant.startAt) return requestOutcome(grant, context);
  const last = await waitFor(context, grant, {
    settled: (it) => !onTheWay.includes(it.status),
    timeoutSeconds: options.timeout,
    whenInterrupted: `stopped waiting; the request ${grant.id} stays open`,
  });
  return requestOutcome(last, context);
}
