/** Calling the one function that writes policies of persons' IAM roles. */
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { DbleaseError, type ErrorCode } from "../errors.ts";
import type { Grant, Instant } from "../grant.ts";
import type { ForeignPolicy } from "./person-policy.ts";

/** What it is asked: one grant, or all roles of these names. */
export type PersonPolicyOrder = { grantId: string } | { roles: readonly string[] };

export interface PersonPolicyFunction {
  client: LambdaClient;
  /** Absent: no database is in policy mode. */
  name: string | undefined;
}

/** The function that the deployment names in PERSON_POLICY_FUNCTION, if it names one. */
export function personPolicyFunction(client: LambdaClient): PersonPolicyFunction {
  return { client, name: process.env.PERSON_POLICY_FUNCTION };
}

const known: readonly string[] = ["TOO_MANY", "BAD_CONFIGURATION"] satisfies ErrorCode[];

async function ask({ client, name }: PersonPolicyFunction, order: PersonPolicyOrder): Promise<object> {
  const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(order) }));
  const said: unknown = JSON.parse(answer.Payload ? Buffer.from(answer.Payload).toString("utf8") : "null");
  if (!answer.FunctionError && typeof said === "object" && said !== null) return said;
  const { errorType = "", errorMessage = "no answer" } = (said ?? {}) as Record<string, string>;
  const code = known.includes(errorType) ? (errorType as "TOO_MANY") : "UNAVAILABLE";
  throw new DbleaseError(code, errorMessage, { next: "nothing to do: it is tried again" });
}

/**
 * Brings the policy of a grant in policy mode to what its row says; of other grants there is none.
 * @returns when it was read to be absent. @throws TOO_MANY, BAD_CONFIGURATION, UNAVAILABLE.
 */
export async function followPolicy(
  to: PersonPolicyFunction,
  { id, personRole }: Pick<Grant, "id" | "personRole">,
): Promise<Instant | undefined> {
  if (!personRole) return undefined;
  const { absentAt } = (await ask(to, { grantId: id })) as { absentAt?: Instant };
  return absentAt;
}

/** Removes what is left of ended grants on these roles. @returns policies that dblease did not write. */
export async function tidyPolicies(
  to: PersonPolicyFunction,
  roles: readonly string[],
): Promise<readonly ForeignPolicy[]> {
  return ((await ask(to, { roles })) as { foreign: ForeignPolicy[] }).foreign;
}
