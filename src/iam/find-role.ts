import { GetRoleCommand, type IAMClient } from "@aws-sdk/client-iam";
import type { IamRole } from "../identity.ts";

/**
 * What IAM says of a role. A role that cannot be looked up is unknown, and an unknown role never counts as
 * name-enforcing, so a failure here only takes rights away.
 */
export async function findRole(iam: IAMClient, name: string): Promise<IamRole | undefined> {
  try {
    const { Role: role } = await iam.send(new GetRoleCommand({ RoleName: name }));
    return role?.Arn && role.RoleId ? { arn: role.Arn, uniqueId: role.RoleId } : undefined;
  } catch {
    return undefined;
  }
}
