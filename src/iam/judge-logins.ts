/**
 * AWS's own judgement of policies: who decides what a policy allows is IAM, and its simulator answers for it. It knows
 * groups, boundaries and service control policies; of a condition it knows nothing, so there a no proves nothing.
 */
import { type IAMClient, SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";
import { connectAction } from "../audit/policy-reach.ts";
import type { Login } from "../audit/tried-logins.ts";

/** `login`: the first one that is allowed. `unknown`: AWS could not be asked. */
export type Judgement = { is: "allowed"; login: Login } | { is: "denied" } | { is: "unknown"; why: string };

/** Asks one login after the other, until one is allowed. */
export async function judgeLogins(
  iam: IAMClient,
  principal: string,
  logins: readonly Login[],
): Promise<Judgement> {
  try {
    for (const login of logins) {
      const { EvaluationResults: results = [] } = await iam.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: principal,
          ActionNames: [connectAction],
          ResourceArns: [login.arn],
        }),
      );
      if (results.some((it) => it.EvalDecision === "allowed")) return { is: "allowed", login };
    }
    return { is: "denied" };
  } catch (error) {
    return { is: "unknown", why: error instanceof Error ? error.name : String(error) };
  }
}
