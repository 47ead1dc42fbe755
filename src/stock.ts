/** Who may log in to a database, and what explains each of them (pure). */
import type { LoginUser } from "./engines/engine.ts";
import type { Observation, Severity } from "./finding.ts";
import type { Instant } from "./grant.ts";

/** What a user is there for. */
export type UserReason = "server" | "admin" | "grant" | "rotation" | "explained" | "unexplained";

export interface StockedUser extends Omit<LoginUser, "own" | "name" | "bar"> {
  reason: UserReason;
  /** The rotation's id, or the configuration's words. */
  because?: string;
  firstSeenAt: Instant;
}

/** The logins of one database's server, as they were when it was looked at. */
export interface Stock {
  at: Instant;
  /** When it was looked at for the first time: who was there then, was there before dblease. */
  since: Instant;
  users: readonly StockedUser[];
  /** So many more are on the server than are kept here. */
  more: number;
}

export interface KnownUsers {
  /** By bare name, with the id of the rotation. */
  rotated: ReadonlyMap<string, string>;
  /** By the name as findings show it or bare, with the configuration's words. */
  explained: ReadonlyMap<string, string>;
}

/** An item of the table holds 400 KB. */
const mostUsers = 1000;

const grantUser = /^jit_[0-9a-hjkmnp-tv-z]{12}$/;

function reasonOf(
  user: LoginUser,
  { rotated, explained }: KnownUsers,
): Pick<StockedUser, "reason" | "because"> {
  if (user.own) return { reason: user.own };
  // Whether it really is of a grant, reconcile.ts says.
  if (grantUser.test(user.name)) return { reason: "grant" };
  const rotation = rotated.get(user.name);
  if (rotation !== undefined) return { reason: "rotation", because: rotation };
  const because = explained.get(user.username) ?? explained.get(user.name);
  return because === undefined ? { reason: "unexplained" } : { reason: "explained", because };
}

export function takeStock(
  logins: readonly LoginUser[],
  known: KnownUsers,
  before: Stock | undefined,
  now: Date,
): Stock {
  const at = now.toISOString();
  const seen = new Map(before?.users.map((it) => [it.username, it.firstSeenAt]));
  const users = logins.map((user): StockedUser => {
    const { own: _, name: __, bar: ___, ...rest } = user;
    return { ...rest, ...reasonOf(user, known), firstSeenAt: seen.get(user.username) ?? at };
  });
  return {
    at,
    since: before?.since ?? at,
    users: users.slice(0, mostUsers),
    more: Math.max(0, users.length - mostUsers),
  };
}

/** Lines that stay the same as long as the user does. */
function evidence(user: StockedUser, isNew: boolean): string[] {
  return [
    isNew ? "made after dblease first looked" : "was there when dblease first looked",
    ...(user.powers.length > 0 ? [`may more than use its data: ${user.powers.slice(0, 12).join(", ")}`] : []),
    ...(user.byIam
      ? ["logs in by IAM: whoever has rds-db:connect as it"]
      : [
          user.passwordSince
            ? `no rotation changes its password, which is from ${user.passwordSince.slice(0, 10)}`
            : "no rotation changes its password, and the server does not tell how old it is",
        ]),
    ...(user.addresses > 1 ? ["looks shared: sessions from several addresses at once"] : []),
  ];
}

function severity({ powers }: StockedUser, isNew: boolean): Severity {
  if (powers.length > 0) return "high";
  return isNew ? "medium" : "low";
}

/** Users whom neither a grant, a rotation nor the configuration explains. */
export function unexplainedUsers(stock: Stock, logins: readonly LoginUser[]): Observation[] {
  const bars = new Map(logins.map((it) => [it.username, it.bar]));
  return stock.users
    .filter((it) => it.reason === "unexplained")
    .map((user) => {
      const isNew = user.firstSeenAt > stock.since;
      const repair = bars.get(user.username);
      return {
        kind: "unexplained_user" as const,
        what: user.username,
        severity: severity(user, isNew),
        sentence: `${user.username} may log in, and no grant, no rotation and no line of the configuration says why`,
        evidence: evidence(user, isNew),
        ...(repair ? { repair } : {}),
      };
    });
}
