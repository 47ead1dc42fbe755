import {
  type AttachedPolicy,
  type GetAccountAuthorizationDetailsCommandOutput,
  type IAMClient,
  type PolicyDetail,
  paginateGetAccountAuthorizationDetails,
} from "@aws-sdk/client-iam";
import type { Holder, HolderKind } from "../audit/holder.ts";
import { decodedDocument, PolicyDocuments } from "./policy-documents.ts";

type Page = GetAccountAuthorizationDetailsCommandOutput;

/** What a page says of one holder, whatever it is. */
interface Detail {
  kind: HolderKind;
  name: string | undefined;
  arn: string | undefined;
  inline: readonly PolicyDetail[] | undefined;
  attached: readonly AttachedPolicy[] | undefined;
  boundary: string | undefined;
  groups: readonly string[];
}

function details({ UserDetailList = [], RoleDetailList = [], GroupDetailList = [] }: Page): Detail[] {
  return [
    ...UserDetailList.map((it) => ({
      kind: "user" as const,
      name: it.UserName,
      arn: it.Arn,
      inline: it.UserPolicyList,
      attached: it.AttachedManagedPolicies,
      boundary: it.PermissionsBoundary?.PermissionsBoundaryArn,
      groups: it.GroupList ?? [],
    })),
    ...RoleDetailList.map((it) => ({
      kind: "role" as const,
      name: it.RoleName,
      arn: it.Arn,
      inline: it.RolePolicyList,
      attached: it.AttachedManagedPolicies,
      boundary: it.PermissionsBoundary?.PermissionsBoundaryArn,
      groups: [],
    })),
    ...GroupDetailList.map((it) => ({
      kind: "group" as const,
      name: it.GroupName,
      arn: it.Arn,
      inline: it.GroupPolicyList,
      attached: it.AttachedManagedPolicies,
      boundary: undefined,
      groups: [],
    })),
  ];
}

/** Everybody who holds a policy in the account, page by page; a managed policy is told on another page than its holder. */
export async function accountHolders(iam: IAMClient): Promise<Holder[]> {
  const documents = new PolicyDocuments(iam);
  const found: Detail[] = [];
  for await (const page of paginateGetAccountAuthorizationDetails({ client: iam }, {})) {
    found.push(...details(page));
    for (const { Arn: arn, PolicyVersionList: versions = [] } of page.Policies ?? []) {
      const current = versions.find((it) => it.IsDefaultVersion);
      if (arn && current) documents.remember(arn, decodedDocument(current.Document));
    }
  }
  const holders: Holder[] = [];
  for (const { kind, name = "", arn = "", inline = [], attached = [], boundary } of found) {
    const managed = await Promise.all(attached.map((it) => documents.policy(`${it.PolicyArn}`)));
    const own = inline.map((it) => ({
      name: `${it.PolicyName}`,
      document: decodedDocument(it.PolicyDocument),
    }));
    holders.push({
      kind,
      name,
      arn,
      policies: [...own, ...managed],
      boundary: boundary === undefined ? undefined : await documents.policy(boundary),
      members: kind === "group" ? found.flatMap((it) => (it.groups.includes(name) ? `${it.name}` : [])) : [],
    });
  }
  return holders;
}
