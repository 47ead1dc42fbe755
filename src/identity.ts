/**
 * From the caller that the API's IAM authorizer vouches for to the person behind it (docs/design.md, section 4).
 * Persons are compared, never ARNs: whoever assumes an ordinary role chooses the session name (dangers 8).
 */
import type { Config } from "./config.ts";
import { DbleaseError } from "./errors.ts";

/** `requestContext.authorizer.iam` of an HTTP API; nothing else is an identity. */
export interface Caller {
  accountId: string;
  userArn: string;
  /** `AIDA...` of an IAM user, `AROA...:<session>` of an assumed role. */
  userId: string;
}

/** What IAM says of a role, looked up by name and believed only if its unique id is the caller's. */
export interface IamRole {
  arn: string;
  uniqueId: string;
}

/** What IAM says of a principal beside its name, looked up when it is needed and never kept. */
export interface Traits {
  iamGroups: readonly string[];
  tags: Readonly<Record<string, string>>;
}

/** The IAM principal behind a call: its ARN as STS tells it, and the unique id of the user or role. */
export interface Principal {
  arn: string;
  uniqueId: string;
}

export interface Person {
  /** What is compared: `person/<alias>`, an IAM user's unique id, `session/<name>`, or `role/<unique id>`. */
  id: string;
  /** What rules and people read. */
  name: string;
  /** Only somebody whose name cannot be chosen freely may decide about others. */
  mayApprove: boolean;
  /** Absent: a person of whom only the name is known. */
  principal?: Principal;
  /** Absent: not looked up, or IAM could not say. */
  traits?: Traits;
}

/** As much of a person as rules ask for. */
export type Asker = Pick<Person, "id" | "name" | "traits">;

const identityCenterPath = /^arn:aws[a-z-]*:iam::\d{12}:role\/aws-reserved\/sso\.amazonaws\.com\//;

/** Name of the role in an assumed-role ARN; undefined for an IAM user. */
export function assumedRoleName(caller: Pick<Caller, "userArn">): string | undefined {
  return /^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/([^/]+)\/[^/]+$/.exec(caller.userArn)?.[1];
}

function alias(principal: string, config: Pick<Config, "persons">): string | undefined {
  return Object.entries(config.persons).find(([, principals]) => principals.includes(principal))?.[0];
}

function known(id: string, name: string, principal: Principal, config: Pick<Config, "persons">): Person {
  const person = alias(id, config);
  return person
    ? { id: `person/${person}`, name: person, mayApprove: true, principal }
    : { id, name, mayApprove: true, principal };
}

/**
 * The person behind a caller.
 * @param accountId the account dblease runs in; callers of others are refused.
 * @param role what IAM says of the caller's role; undefined for an IAM user.
 * @throws NOT_SIGNED_IN for the root user, other accounts, and whatever is neither an IAM user nor an assumed role.
 */
export function personOf(
  caller: Caller,
  role: IamRole | undefined,
  config: Pick<Config, "persons" | "nameEnforcingRoles">,
  accountId: string,
): Person {
  if (caller.accountId !== accountId) {
    throw new DbleaseError(
      "NOT_SIGNED_IN",
      `account ${caller.accountId} is not the account of this dblease`,
      {
        next: `sign in to account ${accountId}`,
      },
    );
  }
  if (/^arn:aws[a-z-]*:iam::\d{12}:user\//.test(caller.userArn)) {
    const principal = { arn: caller.userArn, uniqueId: caller.userId };
    return known(caller.userId, caller.userId, principal, config);
  }
  const session = /^(AROA[A-Z0-9]+):(.+)$/.exec(caller.userId);
  const roleName = assumedRoleName(caller);
  if (!session?.[1] || !session[2] || !roleName) {
    throw new DbleaseError("NOT_SIGNED_IN", "this caller is neither an IAM user nor an assumed role", {
      next: "sign in as an IAM user or through Identity Center",
    });
  }
  const principal = { arn: caller.userArn, uniqueId: session[1] };
  if (role && role.uniqueId === session[1] && enforcesNames(role, config)) {
    return known(`session/${session[2]}`, session[2], principal, config);
  }
  return { id: `role/${session[1]}`, name: `role/${roleName}`, mayApprove: false, principal };
}

function enforcesNames(role: IamRole, config: Pick<Config, "nameEnforcingRoles">): boolean {
  return identityCenterPath.test(role.arn) || (config.nameEnforcingRoles ?? []).includes(role.arn);
}

const traitName = /^(?:iam-group\/(?<group>.+)|tag\/(?<key>[^=]+)=(?<value>.*))$/;

/** Whether a name of the configuration means people by their IAM group or tag. */
export function isTraitName(name: string): boolean {
  return traitName.test(name);
}

/** Undefined: the name is no trait, or IAM could not say. */
function hasTrait(traits: Traits | undefined, name: string): boolean | undefined {
  const { group, key = "", value } = traitName.exec(name)?.groups ?? {};
  if (!traits) return undefined;
  return group === undefined ? traits.tags[key] === value : traits.iamGroups.includes(group);
}

/** A declared name means the declared person alone; nobody gets it by choosing it as a session name. */
function isCalled(person: Asker, name: string, config: Pick<Config, "persons">, unknown: boolean): boolean {
  if (isTraitName(name)) return hasTrait(person.traits, name) ?? unknown;
  return config.persons[name] === undefined
    ? name === person.name && !person.id.startsWith("person/")
    : person.id === `person/${name}`;
}

/**
 * Whether a list of names in the configuration means this person.
 * @param unknown the answer where IAM could not be asked: what gives something says false, what denies says true.
 */
export function isNamed(
  person: Asker,
  names: readonly string[],
  config: Pick<Config, "persons" | "groups">,
  unknown = false,
): boolean {
  return names.some((name) => {
    const members = config.groups[name];
    if (members) return members.some((member) => isCalled(person, member, config, unknown));
    return name === "*" || isCalled(person, name, config, unknown);
  });
}
