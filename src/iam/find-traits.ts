/** IAM groups and tags of a principal, as IAM knows them now. */
import {
  GetRoleCommand,
  GetUserCommand,
  type IAMClient,
  paginateListGroupsForUser,
  type Tag,
} from "@aws-sdk/client-iam";
import { assumedRoleName, type Principal, type Traits } from "../identity.ts";

function record(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [`${Key}`, `${Value}`]));
}

async function userTraits(iam: IAMClient, name: string, uniqueId: string): Promise<Traits | undefined> {
  const { User: user } = await iam.send(new GetUserCommand({ UserName: name }));
  if (user?.UserId !== uniqueId) return undefined;
  const iamGroups: string[] = [];
  for await (const page of paginateListGroupsForUser({ client: iam }, { UserName: name })) {
    iamGroups.push(...(page.Groups ?? []).map((it) => `${it.GroupName}`));
  }
  return { iamGroups, tags: record(user.Tags) };
}

/** A role is in no IAM group; its tags are the role's own, never those of a session, which are free to choose. */
async function roleTraits(iam: IAMClient, name: string, uniqueId: string): Promise<Traits | undefined> {
  const { Role: role } = await iam.send(new GetRoleCommand({ RoleName: name }));
  return role?.RoleId === uniqueId ? { iamGroups: [], tags: record(role.Tags) } : undefined;
}

/**
 * @returns undefined where IAM cannot say, or where another user or role has this name now; what is unknown never
 * matches an allow and always matches a deny.
 */
export async function findTraits(iam: IAMClient, { arn, uniqueId }: Principal): Promise<Traits | undefined> {
  const userName = /^arn:aws[a-z-]*:iam::\d{12}:user\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  const roleName = assumedRoleName({ userArn: arn });
  try {
    if (userName) return await userTraits(iam, userName, uniqueId);
    if (roleName) return await roleTraits(iam, roleName, uniqueId);
  } catch (error) {
    console.error({ message: "IAM could not say who is in which group", error: String(error) });
  }
  return undefined;
}
