/**
 * What a database shows against what the table knows (pure). A user is ours only by exact name, marker, known grant
 * and, to be ended, by its OID (dangers 13); everything else is a finding for a person.
 */
import type { Check, ListedUser } from "./engines/engine.ts";
import type { Observation } from "./finding.ts";
import { type Grant, type GrantId, grantIdPattern, type Instant, liveStatuses, usernameOf } from "./grant.ts";

/** What the database says of itself. */
export interface Shown {
  users: readonly ListedUser[];
  /** Of doctor. */
  checks: readonly Check[];
}

export interface Known {
  database: string;
  installation: string;
  groupRoles: readonly string[];
  /** Read strongly and after the database: the grants of all users that are marked as ours, and those that are active. */
  grants: ReadonlyMap<GrantId, Grant>;
}

/** Grant id of a user that carries our marker under its right name; undefined: nothing proves that it is ours. */
export function markedGrant(user: ListedUser, installation: string): GrantId | undefined {
  const [kind, by, id = "", ...rest] = (user.marker ?? "").split(":");
  const isOurs = kind === "dblease" && by === installation && rest.length === 0 && grantIdPattern.test(id);
  return isOurs && user.username === usernameOf(id) ? id : undefined;
}

/** Events of MySQL and MariaDB know whole seconds only. */
function isSameSecond(one: Instant | undefined, other: Instant | undefined): boolean {
  return one?.slice(0, 19) === other?.slice(0, 19);
}

function changes(user: ListedUser, grant: Grant): string[] {
  const wanted = [grant.groupRole, "jit_managed", ...(grant.model === "iam" ? ["rds_iam"] : [])];
  const extra = user.memberOf.filter((it) => !wanted.includes(it));
  const byIam = grant.model === "iam";
  return [
    ...(user.canLogin ? [] : ["it cannot log in"]),
    ...((user.byIam ?? false) === byIam ? [] : [`it logs in ${byIam ? "without a token" : "by IAM"}`]),
    ...(isSameSecond(user.validUntil, grant.expiryApplied)
      ? []
      : [`it is valid until ${user.validUntil ?? "for ever"} instead of ${grant.expiryApplied}`]),
    ...(user.memberOf.includes(grant.groupRole) ? [] : [`it is no member of ${grant.groupRole}`]),
    ...extra.map((it) => `it is a member of ${it}`),
    ...user.attributes.map((it) => `it has ${it}`),
  ];
}

function ofActive(user: ListedUser, grant: Grant): Observation[] {
  const about = { kind: "changed_user", what: user.username, grantId: grant.id } as const;
  const repair = `dblease revoke ${grant.id}`;
  if (grant.userOid !== undefined && grant.userOid !== user.userOid) {
    const sentence = `${user.username} is another user than the one that was made (number ${user.userOid}, not ${grant.userOid})`;
    return [{ ...about, sentence, repair }];
  }
  const found = changes(user, grant);
  return found.length === 0 ? [] : [{ ...about, sentence: `${user.username}: ${found.join(", ")}`, repair }];
}

function ofMarked(user: ListedUser, id: GrantId, known: Known): Observation[] {
  const grant = known.grants.get(id);
  if (!grant) {
    const sentence = `${user.username} is marked as ours, but there is no grant ${id}`;
    return [{ kind: "unknown_grant", what: user.username, sentence }];
  }
  // Another database of the same server: its own reconciliation looks at it.
  if (grant.database.id !== known.database) return [];
  if (grant.status === "active") return ofActive(user, grant);
  if (liveStatuses.includes(grant.status)) return [];
  const sentence = `${user.username} is there, but its grant is ${grant.status}`;
  const ours = grant.userOid === user.userOid;
  return [
    {
      kind: "returned_user",
      what: user.username,
      sentence: ours ? sentence : `${sentence}, and it is not the user that was made then`,
      grantId: id,
    },
  ];
}

function ofUnmarked(user: ListedUser, known: Known): Observation[] {
  const found: Observation[] = [];
  if (
    /^jit_/.test(user.username) ||
    user.memberOf.includes("jit_managed") ||
    user.marker?.startsWith("dblease:")
  ) {
    const sentence = `${user.username} looks like a user of dblease, but this dblease did not make it`;
    found.push({ kind: "foreign_user", what: user.username, sentence });
  }
  const groups = user.memberOf.filter((it) => known.groupRoles.includes(it));
  const given = groups.map((group): Observation => {
    const sentence = `${user.username} is a member of ${group}, and no grant put it there`;
    return { kind: "stranger", what: `${user.username} in ${group}`, sentence };
  });
  return [...found, ...given];
}

function missing({ users }: Shown, known: Known): Observation[] {
  const there = new Set(users.map((it) => it.username));
  return [...known.grants.values()]
    .filter((it) => it.database.id === known.database && it.status === "active" && !there.has(it.username))
    .map(({ id, username }) => ({
      kind: "missing_user",
      what: username,
      sentence: `grant ${id} is active, but its user ${username} is gone`,
      grantId: id,
      repair: `dblease revoke ${id}`,
    }));
}

function groupRoles({ checks }: Shown): Observation[] {
  return checks
    .filter((it) => !it.ok && /^(role|rights):/.test(it.id))
    .map((it) => ({
      kind: "group_role",
      what: it.id.replace(/^[a-z]+:/, ""),
      sentence: it.sentence,
      ...(it.repair ? { repair: it.repair } : {}),
    }));
}

/** Everything that no grant and no configuration explains. */
export function reconcile(shown: Shown, known: Known): Observation[] {
  const ofUsers = shown.users.flatMap((user) => {
    const id = markedGrant(user, known.installation);
    return id === undefined ? ofUnmarked(user, known) : ofMarked(user, id, known);
  });
  return [...ofUsers, ...missing(shown, known), ...groupRoles(shown)];
}

/** Whether this user may be ended by dblease alone: seen before, on the server that is accepted, the very user of that grant. */
export function mayEnd(
  observation: Observation,
  seen: number,
  user: ListedUser | undefined,
  grant: Grant | undefined,
): boolean {
  return (
    observation.kind === "returned_user" &&
    seen >= 2 &&
    user !== undefined &&
    grant?.receipt !== undefined &&
    (grant.status === "revoked" || grant.status === "grant_failed") &&
    grant.userOid === user.userOid
  );
}
