/** Policy mode: the IAM role of each person, made by the deploy, that holds one inline policy for each of their grants. */
import { DbleaseError } from "../errors.ts";
import type { Person } from "../identity.ts";

/** Path of all these roles: what writes policies may write them there and nowhere else. */
const personRolePath = "/dblease/";

/** ARN of a person's role, in the account that the person called from. @throws REFUSED for whoever has none. */
export function personRole({ id, name, principal }: Person): string {
  const [, partition, , , accountId] = (principal?.arn ?? "").split(":");
  if (id === `person/${name}` && accountId) {
    return `arn:${partition}:iam::${accountId}:role${personRolePath}${name}`;
  }
  throw new DbleaseError("REFUSED", `this database is in policy mode, and ${name} has no IAM role there`, {
    next: "ask for an entry under persons in dblease.yaml",
  });
}

/** IAM knows roles by the last part of their ARN. */
export function roleName(arn: string): string {
  return arn.split("/").at(-1) ?? arn;
}
