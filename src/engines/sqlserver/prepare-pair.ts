/**
 * The second login of a pair: with a user, the roles and the permissions of the first one, and what is denied to it, in every
 * database where that has any. What the second makes belongs to the owner of its schema, as what the first makes.
 */
import type { Row, SqlserverConnection } from "../../connect/sqlserver.ts";
import { DbleaseError } from "../../errors.ts";
import { password } from "../../verifiers/password.ts";
import type { Pair, PairDifference } from "../application-users.ts";
import { engineError, repeatOn } from "./errors.ts";
import { type Holdings, holdingStatements, holdingsIn, selectsPerDatabase } from "./holdings.ts";
import { literal, theirName } from "./quote.ts";
import { message } from "./use.ts";

interface PairLogin {
  sid: string;
  home: string;
  isAdmin: boolean;
  /** Permissions on the server that DENY keeps it from. */
  denials: readonly string[];
  holdings: readonly Holdings[];
}

/**
 * What the admin may not give fails the run: the application would be sent to a login that may do less. A second login
 * that may do more than the first is refused: it is somebody else's, or has kept what the first one lost.
 * @throws NOT_FOUND, USER_REFUSED, ADMIN_LACKS_RIGHTS
 */
export async function preparePair(
  connection: SqlserverConnection,
  { first, second }: Pair,
  randomBytes: (count: number) => Uint8Array,
): Promise<readonly PairDifference[]> {
  try {
    const one = await loginOf(connection, first);
    if (!one) {
      throw new DbleaseError("NOT_FOUND", `the server has no login ${first}`, {
        next: "make the login, or mend rotations in dblease.yaml",
      });
    }
    const other = await loginOf(connection, second);
    assertPair({ first, second }, one, other);
    if (!other) {
      // A password that nobody knows, until the next statement of the run gives it one.
      const unknown = literal(password(randomBytes));
      await message(connection, [
        `CREATE LOGIN ${theirName(second)} WITH PASSWORD = ${unknown}, DEFAULT_DATABASE = ${theirName(one.home)}`,
      ]);
    }
    const barred = one.denials
      .filter((it) => !other?.denials.includes(it))
      .map((it) => `DENY ${it} TO ${theirName(second)} CASCADE`);
    const statements = [
      ...(barred.length === 0 ? [] : ["USE [master]", ...barred]),
      ...one.holdings.flatMap((it) => equalities(second, it, other)),
    ];
    if (statements.length > 0) {
      await repeatOn([], () => message(connection, [...statements, "USE [master]"]));
    }
    return one.holdings.flatMap((it) => differences({ first, second }, it, other));
  } catch (error) {
    throw engineError(error, second);
  }
}

async function loginOf(connection: SqlserverConnection, name: string): Promise<PairLogin | undefined> {
  const [[login] = [], powers = [], denials = [], databases = []] = await message(connection, [
    `SELECT sid, default_database_name AS home, CASE WHEN name = ORIGINAL_LOGIN() THEN 1 ELSE 0 END AS isAdmin
      FROM sys.server_principals WHERE name = ${literal(name)} AND type = 'S'`,
    `SELECT d.permission_name AS name FROM sys.server_permissions d JOIN sys.server_principals u
      ON u.principal_id = d.grantee_principal_id WHERE u.name = ${literal(name)} AND d.state IN ('G', 'W') AND d.type <> 'COSQ'
      UNION ALL SELECT r.name FROM sys.server_role_members m JOIN sys.server_principals r ON r.principal_id = m.role_principal_id
      JOIN sys.server_principals u ON u.principal_id = m.member_principal_id WHERE u.name = ${literal(name)}`,
    `SELECT d.permission_name AS name FROM sys.server_permissions d JOIN sys.server_principals u
      ON u.principal_id = d.grantee_principal_id WHERE u.name = ${literal(name)} AND d.state = 'D' AND d.class = 100 AND d.type <> 'COSQ'`,
    "SELECT name FROM sys.databases WHERE state = 0 AND HAS_DBACCESS(name) = 1",
  ]);
  if (!login) return undefined;
  const sid = `0x${login.sid.toString("hex").toUpperCase()}`;
  const names = databases.map((row) => String(row.name));
  const results = await message(
    connection,
    names.flatMap((database) => holdingStatements({ sid, name }, database)),
  );
  return {
    sid,
    home: login.home ?? "master",
    isAdmin: Number(login.isAdmin) === 1 || powers.length > 0,
    denials: denials.map((row) => String(row.name)),
    holdings: names.map((database, index) => inDatabase(database, results, index)),
  };
}

function inDatabase(database: string, results: readonly Row[][], index: number): Holdings {
  const found = holdingsIn(
    database,
    results.slice(index * selectsPerDatabase, (index + 1) * selectsPerDatabase),
  );
  if (!found.isOwner) return found;
  // Its user is dbo, whom nobody else can be; a member of db_owner may do the same.
  const dbo = { user: "dbo", role: "db_owner" };
  return { ...found, users: [{ name: "dbo", marked: true }], roles: [dbo] };
}

function assertPair({ first, second }: Pair, one: PairLogin, other: PairLogin | undefined): void {
  if (one.isAdmin || other?.isAdmin) {
    throw new DbleaseError("USER_REFUSED", `${first} or ${second} holds something on the whole server`, {
      next: "use strategy single-user for this login",
    });
  }
  const surplus = other?.holdings.flatMap((theirs) => {
    const mine = one.holdings.find(({ database }) => database === theirs.database);
    return allowances(theirs).filter((it) => !mine || !allowances(mine).includes(it));
  });
  if (!surplus || surplus.length === 0) return;
  throw new DbleaseError(
    "USER_REFUSED",
    `${second} exists and holds what ${first} does not: ${surplus.join(", ")}`,
    {
      next: `look whose it is; if it is the pair's, take that from ${second}`,
    },
  );
}

/** What somebody may. Whoever may give a permission on has the permission as well. */
function allowances({ database, roles, permissions }: Holdings): string[] {
  return [
    ...roles.map(({ role }) => `${role} in ${database}`),
    ...permissions.flatMap(({ what, onward }) => [
      `${what} in ${database}`,
      ...(onward ? [toGiveOn(what, database)] : []),
    ]),
  ];
}

function toGiveOn(what: string, database: string): string {
  return `${what} in ${database}, to give on`;
}

function equalities(second: string, mine: Holdings, other: PairLogin | undefined): string[] {
  if (!mine.users.some(({ marked }) => marked)) return [];
  const { database } = mine;
  const theirs = other?.holdings.find((it) => it.database === database);
  const has = new Set(theirs ? allowances(theirs) : []);
  const user = theirName(second);
  const there = theirs?.users.some(({ marked }) => marked);
  const statements = [
    ...(there ? [] : [`CREATE USER ${user} FOR LOGIN ${user}`]),
    ...mine.roles
      .filter(({ role }) => !has.has(`${role} in ${database}`))
      .map(({ role }) => `ALTER ROLE ${theirName(role)} ADD MEMBER ${user}`),
    ...mine.permissions
      .filter(({ what, onward }) => !has.has(onward ? toGiveOn(what, database) : `${what} in ${database}`))
      .flatMap(({ revoke, onward }) =>
        revoke === undefined ? [] : [`GRANT ${revoke} TO ${user}${onward ? " WITH GRANT OPTION" : ""}`],
      ),
    // Last, since a GRANT of the same takes a DENY away.
    ...mine.denials
      .filter(({ what }) => !theirs?.denials.some((it) => it.what === what))
      .flatMap(({ revoke }) => (revoke === undefined ? [] : [`DENY ${revoke} TO ${user} CASCADE`])),
  ];
  return statements.length === 0 ? [] : [`USE ${theirName(database)}`, ...statements];
}

function differences(
  { first, second }: Pair,
  mine: Holdings,
  other: PairLogin | undefined,
): PairDifference[] {
  const { database } = mine;
  const use = `USE ${theirName(database)};`;
  const theirs = other?.holdings.find((it) => it.database === database);
  return [
    // What one of them owns the other may not change; a role that both are in may own it for both.
    ...mine.owned
      .filter(({ itself, kind }) => itself && kind === "schema")
      .map(({ name }) => ({
        sentence: `${first} owns schema ${name} of ${database}; ${second} may not change what is in it`,
        repair: `${use} ALTER AUTHORIZATION ON SCHEMA::${theirName(name)} TO <a role of both>`,
      })),
    ...mine.permissions
      .filter(({ revoke }) => revoke === undefined)
      .map(({ what }) => ({
        sentence: `${first} holds ${what} in ${database}; ${second} does not`,
        repair: `${use} GRANT ... TO ${theirName(second)}`,
      })),
    ...mine.denials
      .filter(({ revoke }) => revoke === undefined)
      .map(({ what }) => ({
        sentence: `${first} is denied ${what} in ${database}; ${second} is not`,
        repair: `${use} DENY ... TO ${theirName(second)}`,
      })),
    ...(theirs?.denials ?? [])
      .filter(({ what }) => ![...mine.denials, ...mine.permissions].some((it) => it.what === what))
      .map(({ what, revoke }) => ({
        sentence: `${second} is denied ${what} in ${database}; ${first} is not`,
        repair: `${use} REVOKE ${revoke ?? "..."} FROM ${theirName(second)}`,
      })),
  ];
}
