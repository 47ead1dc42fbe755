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

export interface Person {
  /** What is compared: `person/<alias>`, an IAM user's unique id, `session/<name>`, or `role/<unique id>`. */
  id: string;
  /** What rules and people read. */
  name: string;
  /** Only somebody whose name cannot be chosen freely may decide about others. */
  mayApprove: boolean;
}

const identityCenterPath = /^arn:aws[a-z-]*:iam::\d{12}:role\/aws-reserved\/sso\.amazonaws\.com\//;

/** Name of the role in an assumed-role ARN; undefined for an IAM user. */
export function assumedRoleName(caller: Caller): string | undefined {
  return /^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/([^/]+)\/[^/]+$/.exec(caller.userArn)?.[1];
}

function alias(principal: string, config: Pick<Config, "persons">): string | undefined {
  return Object.entries(config.persons).find(([, principals]) => principals.includes(principal))?.[0];
}

function known(principal: string, name: string, config: Pick<Config, "persons">): Person {
  const person = alias(principal, config);
  return person
    ? { id: `person/${person}`, name: person, mayApprove: true }
    : { id: principal, name, mayApprove: true };
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
    return known(caller.userId, caller.userId, config);
  }
  const session = /^(AROA[A-Z0-9]+):(.+)$/.exec(caller.userId);
  const roleName = assumedRoleName(caller);
  if (!session?.[1] || !session[2] || !roleName) {
    throw new DbleaseError("NOT_SIGNED_IN", "this caller is neither an IAM user nor an assumed role", {
      next: "sign in as an IAM user or through Identity Center",
    });
  }
  if (role && role.uniqueId === session[1] && enforcesNames(role, config)) {
    return known(`session/${session[2]}`, session[2], config);
  }
  return { id: `role/${session[1]}`, name: `role/${roleName}`, mayApprove: false };
}

function enforcesNames(role: IamRole, config: Pick<Config, "nameEnforcingRoles">): boolean {
  return identityCenterPath.test(role.arn) || (config.nameEnforcingRoles ?? []).includes(role.arn);
}

/** A declared name means the declared person alone; nobody gets it by choosing it as a session name. */
function isCalled(
  person: Pick<Person, "id" | "name">,
  name: string,
  config: Pick<Config, "persons">,
): boolean {
  return config.persons[name] === undefined
    ? name === person.name && !person.id.startsWith("person/")
    : person.id === `person/${name}`;
}

/** Whether a list of person and group names in the configuration means this person. */
export function isNamed(
  person: Pick<Person, "id" | "name">,
  names: readonly string[],
  config: Pick<Config, "persons" | "groups">,
): boolean {
  return names.some((name) => {
    const members = config.groups[name];
    if (members) return members.some((member) => isCalled(person, member, config));
    return name === "*" || isCalled(person, name, config);
  });
}
