/** From callers, and from what a grant remembers of them, to persons as IAM knows them now. */
import { GetUserCommand, type IAMClient } from "@aws-sdk/client-iam";
import type { Config } from "../config.ts";
import { DbleaseError } from "../errors.ts";
import type { Actor, Grant } from "../grant.ts";
import { type Asker, assumedRoleName, type Caller, type Person, personOf } from "../identity.ts";
import { asksForTraits } from "../people-names.ts";
import { findRole } from "./find-role.ts";
import { findTraits } from "./find-traits.ts";

async function withTraits<Known extends Actor>(iam: IAMClient, known: Known, config: Config): Promise<Known> {
  if (!known.principal || !asksForTraits(config)) return known;
  const traits = await findTraits(iam, known.principal);
  return traits ? { ...known, traits } : known;
}

/** The person behind a signed call. @throws NOT_SIGNED_IN, see `personOf`. */
export async function findPerson(
  iam: IAMClient,
  caller: Caller,
  config: Config,
  accountId: string,
): Promise<Person> {
  const roleName = assumedRoleName(caller);
  const role = roleName ? await findRole(iam, roleName) : undefined;
  return withTraits(iam, personOf(caller, role, config, accountId), config);
}

/** An IAM user by name, as the person they are. @throws NOT_FOUND */
export async function findUser(iam: IAMClient, name: string, config: Config): Promise<Person> {
  const found = await iam.send(new GetUserCommand({ UserName: name })).catch(() => undefined);
  const { Arn: userArn, UserId: userId } = found?.User ?? {};
  if (!userArn || !userId) {
    throw new DbleaseError("NOT_FOUND", `there is no IAM user ${name}`, { next: "aws iam list-users" });
  }
  const accountId = userArn.split(":")[4] ?? "";
  return withTraits(iam, personOf({ accountId, userArn, userId }, undefined, config, accountId), config);
}

/** The requester of a grant and those who approved it. */
export async function findPeople(
  iam: IAMClient,
  grant: Pick<Grant, "requester" | "approvals">,
  config: Config,
): Promise<{ requester: Asker; approvers: Asker[] }> {
  const [requester, ...approvers] = await Promise.all(
    [grant.requester, ...grant.approvals].map((it) => withTraits(iam, it, config)),
  );
  return { requester: requester ?? grant.requester, approvers };
}
