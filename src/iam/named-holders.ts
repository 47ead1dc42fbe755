/** Single holders of policies as IAM has them now: what an event named. */
import {
  type AttachedPolicy,
  GetGroupPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  type IAMClient,
  paginateGetGroup,
  paginateListAttachedGroupPolicies,
  paginateListAttachedRolePolicies,
  paginateListAttachedUserPolicies,
  paginateListEntitiesForPolicy,
  paginateListGroupPolicies,
  paginateListRolePolicies,
  paginateListUserPolicies,
} from "@aws-sdk/client-iam";
import type { Holder, HolderKind, HolderName, Named } from "../audit/holder.ts";
import { decodedDocument, PolicyDocuments } from "./policy-documents.ts";

interface Who {
  arn: string;
  boundary?: string | undefined;
  members: string[];
}

/** How IAM is asked about each kind. */
interface Asking {
  who(iam: IAMClient, name: string): Promise<Who>;
  inline(iam: IAMClient, name: string): AsyncIterable<{ PolicyNames: string[] | undefined }>;
  document(iam: IAMClient, name: string, policy: string): Promise<{ PolicyDocument: string | undefined }>;
  attached(iam: IAMClient, name: string): AsyncIterable<{ AttachedPolicies?: AttachedPolicy[] | undefined }>;
}

const asking: Readonly<Record<HolderKind, Asking>> = {
  user: {
    async who(iam, name) {
      const { User: it } = await iam.send(new GetUserCommand({ UserName: name }));
      return { arn: `${it?.Arn}`, boundary: it?.PermissionsBoundary?.PermissionsBoundaryArn, members: [] };
    },
    inline: (client, name) => paginateListUserPolicies({ client }, { UserName: name }),
    document: (iam, name, policy) =>
      iam.send(new GetUserPolicyCommand({ UserName: name, PolicyName: policy })),
    attached: (client, name) => paginateListAttachedUserPolicies({ client }, { UserName: name }),
  },
  role: {
    async who(iam, name) {
      const { Role: it } = await iam.send(new GetRoleCommand({ RoleName: name }));
      return { arn: `${it?.Arn}`, boundary: it?.PermissionsBoundary?.PermissionsBoundaryArn, members: [] };
    },
    inline: (client, name) => paginateListRolePolicies({ client }, { RoleName: name }),
    document: (iam, name, policy) =>
      iam.send(new GetRolePolicyCommand({ RoleName: name, PolicyName: policy })),
    attached: (client, name) => paginateListAttachedRolePolicies({ client }, { RoleName: name }),
  },
  group: {
    async who(client, name) {
      const found: Who = { arn: "", members: [] };
      for await (const { Group: group, Users: users = [] } of paginateGetGroup(
        { client },
        { GroupName: name },
      )) {
        found.arn = `${group?.Arn}`;
        found.members.push(...users.map((it) => `${it.UserName}`));
      }
      return found;
    },
    inline: (client, name) => paginateListGroupPolicies({ client }, { GroupName: name }),
    document: (iam, name, policy) =>
      iam.send(new GetGroupPolicyCommand({ GroupName: name, PolicyName: policy })),
    attached: (client, name) => paginateListAttachedGroupPolicies({ client }, { GroupName: name }),
  },
};

function isGone(error: unknown): boolean {
  return error instanceof Error && /^NoSuchEntity/.test(error.name);
}

/** Undefined: there is none any more. Rejects where IAM does not answer. */
async function namedHolder(
  iam: IAMClient,
  documents: PolicyDocuments,
  { kind, name }: HolderName,
): Promise<Holder | undefined> {
  try {
    const ask = asking[kind];
    const { arn, boundary, members } = await ask.who(iam, name);
    const policies: Holder["policies"][number][] = [];
    for await (const { PolicyNames: names = [] } of ask.inline(iam, name)) {
      for (const it of names) {
        const { PolicyDocument: document } = await ask.document(iam, name, it);
        policies.push({ name: it, document: decodedDocument(document) });
      }
    }
    for await (const { AttachedPolicies: attached = [] } of ask.attached(iam, name)) {
      for (const it of attached) policies.push(await documents.policy(`${it.PolicyArn}`));
    }
    const limit = boundary === undefined ? undefined : await documents.policy(boundary);
    return { kind, name, arn, policies, boundary: limit, members };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Holders of a managed policy, and those whom it bounds. */
async function holdersOf(client: IAMClient, policy: string): Promise<HolderName[]> {
  const found: HolderName[] = [];
  try {
    for await (const page of paginateListEntitiesForPolicy({ client }, { PolicyArn: policy })) {
      found.push(
        ...(page.PolicyUsers ?? []).map((it) => ({ kind: "user" as const, name: `${it.UserName}` })),
        ...(page.PolicyRoles ?? []).map((it) => ({ kind: "role" as const, name: `${it.RoleName}` })),
        ...(page.PolicyGroups ?? []).map((it) => ({ kind: "group" as const, name: `${it.GroupName}` })),
      );
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  return found;
}

/** @returns who was looked at, and those of them who are there. */
export async function namedHolders(
  iam: IAMClient,
  { holders, policy }: Named,
): Promise<{ looked: readonly HolderName[]; found: Holder[] }> {
  const looked = policy === undefined ? holders : await holdersOf(iam, policy);
  const documents = new PolicyDocuments(iam);
  const found: Holder[] = [];
  for (const it of looked) {
    const holder = await namedHolder(iam, documents, it);
    if (holder) found.push(holder);
  }
  return { looked, found };
}
