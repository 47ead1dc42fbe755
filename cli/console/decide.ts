import { grantIdPattern } from "../../src/grant.ts";
import type { Api } from "../api.ts";
import { Failure } from "../failure.ts";
import { deed, isDecision, needsReason } from "./decision-forms.ts";
import type { OneTimeTokens } from "./one-time-tokens.ts";

/**
 * The one change that this page makes: a yes, a no or a review, as its form has sent it.
 * @returns the grant's id.
 */
export async function decide(
  api: Pick<Api, "decide" | "review">,
  tokens: OneTimeTokens,
  form: URLSearchParams,
): Promise<string> {
  const field = (name: string) => form.get(name)?.trim() ?? "";
  const [id, decision, reason] = [field("id"), field("decision"), field("reason")];
  if (!grantIdPattern.test(id) || !isDecision(decision))
    throw new Failure("USAGE", "this form is not one of dblease", "go to Now and begin there");
  if (needsReason(decision) && reason === "")
    throw new Failure("USAGE", `to ${decision} needs a reason`, "go back and write one");
  if (!tokens.take(deed(decision, id), field("token")))
    throw new Failure(
      "USAGE",
      "this form has been sent before, or is not from this page",
      "open the grant again to see what became of it",
    );
  if (decision === "review") await api.review(id, reason);
  else await api.decide(id, decision, reason === "" ? undefined : reason);
  return id;
}
