/** Who holds policies, and which holders an event of IAM names (pure). */
import type { PolicyText } from "./policy-reach.ts";

export type HolderKind = "user" | "role" | "group";

/** A holder by its name, which is unique in the account whatever its path. */
export interface HolderName {
  kind: HolderKind;
  name: string;
}

export interface Holder extends HolderName {
  arn: string;
  policies: readonly PolicyText[];
  boundary?: PolicyText | undefined;
  /** Users of a group. */
  members: readonly string[];
}

/** `role/deploy`; what its findings are about. */
export function holderText({ kind, name }: HolderName): string {
  return `${kind}/${name}`;
}

export interface Named {
  holders: readonly HolderName[];
  /** ARN of a managed policy whose holders have to be looked up. */
  policy?: string;
}

const namedBy: readonly (readonly [parameter: string, kind: HolderKind])[] = [
  ["userName", "user"],
  ["newUserName", "user"],
  ["roleName", "role"],
  ["groupName", "group"],
  ["newGroupName", "group"],
];

function member(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? (of as Record<string, unknown>)[name] : undefined;
}

/**
 * Whom a CloudTrail record of IAM says something has changed of. It is a hint where to look and nothing else: what is so,
 * IAM is asked.
 */
export function holdersNamedBy(record: unknown): Named {
  const said = member(record, "requestParameters");
  // An attempt that was refused has changed nothing.
  if (member(record, "errorCode") !== undefined) return { holders: [] };
  const holders = namedBy.flatMap(([parameter, kind]): HolderName[] => {
    const name = member(said, parameter);
    return typeof name === "string" && /^[\w+=,.@-]{1,128}$/.test(name) ? [{ kind, name }] : [];
  });
  const policy = member(said, "policyArn");
  const isPolicy =
    typeof policy === "string" && /^arn:[\w-]+:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/.test(policy);
  return holders.length === 0 && isPolicy ? { holders, policy } : { holders };
}
