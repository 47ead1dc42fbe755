/** What CREATE, ALTER, GRANT, REVOKE and DROP do to the played dictionary, and the numbers by which Oracle refuses them. */
import type { Dictionary } from "./dictionary.ts";
import { OraError } from "./ora-error.ts";
import { demand, holds } from "./rights.ts";

const name = `(?:"([^"]+)"|(\\w+))`;
const limits = /(\w+) ([\w/]+)/g;

type Run = (dictionary: Dictionary, as: string, parts: readonly string[], now: Date) => void;

/** In its order; each is tried on the whole statement. */
const statements: readonly [RegExp, Run][] = [
  [/^CREATE PROFILE @ LIMIT (.+)$/, createProfile],
  [/^ALTER PROFILE @ LIMIT (.+)$/, alterProfile],
  [/^DROP PROFILE @$/, dropProfile],
  [/^CREATE ROLE @(?: NOT IDENTIFIED)?$/, createRole],
  [/^CREATE USER @ IDENTIFIED BY @(?: PROFILE @)?(?: QUOTA UNLIMITED ON \w+)?( ACCOUNT LOCK)?$/, createUser],
  [/^ALTER USER @ PROFILE @$/, changeProfile],
  [/^ALTER USER @ PASSWORD EXPIRE$/, expirePassword],
  [/^ALTER USER @ ACCOUNT (LOCK|UNLOCK)$/, lockUser],
  [/^ALTER USER @ IDENTIFIED BY @( ACCOUNT LOCK)?$/, changePassword],
  [/^ALTER USER @ EXPIRE PASSWORD ROLLOVER PERIOD$/, endRollover],
  [/^ALTER USER @ (GRANT|REVOKE) CONNECT THROUGH @$/, proxy],
  [/^DROP USER @$/, dropUser],
  [/^DROP USER @ CASCADE$/, dropWithAll],
  [/^DROP ([A-Z]+) @\.@$/, dropObject],
  [
    /^(GRANT|REVOKE) ((?:"[^"]+"|[A-Z ]+)(?:, (?:"[^"]+"|[A-Z ]+))*) (?:TO|FROM) @( WITH ADMIN OPTION)?$/,
    withoutTarget,
  ],
  [/^(GRANT|REVOKE) ([A-Z ]+) ON SCHEMA @ (?:TO|FROM) @$/, schemaPrivilege],
  [/^(GRANT|REVOKE) (.+) ON @\.@ (?:TO|FROM) @$/, objectPrivilege],
].map(([pattern, run]) => {
  const text = (pattern as RegExp).source.replaceAll("@", name);
  return [new RegExp(text), run as Run];
});

export function runDdl(dictionary: Dictionary, as: string, statement: string, now: Date): void {
  for (const [pattern, run] of statements) {
    const found = pattern.exec(statement);
    if (!found) continue;
    run(dictionary, as, partsOf(found), now);
    return;
  }
  throw new OraError(900, `invalid SQL statement: ${statement}`);
}

/** Each name is one of two groups: quoted as it is, or in upper case. */
function partsOf(found: RegExpExecArray): string[] {
  const source = found.slice(1);
  const parts: string[] = [];
  const shape = found[0];
  for (const part of source)
    if (part !== undefined) parts.push(isBare(part, shape) ? part.toUpperCase() : part);
  return parts;
}

function isBare(part: string, statement: string): boolean {
  return /^\w+$/.test(part) && !statement.includes(`"${part}"`);
}

function has(dictionary: Dictionary, view: string, column: string, value: string): boolean {
  return dictionary.rows(`SELECT 1 FROM ${view} WHERE ${column} = ?`, value).length > 0;
}

function setLimits(dictionary: Dictionary, profile: string, words: string): void {
  for (const [, resource = "", limit = ""] of words.matchAll(limits)) {
    dictionary.change("DELETE FROM DBA_PROFILES WHERE PROFILE = ? AND RESOURCE_NAME = ?", profile, resource);
    dictionary.change("INSERT INTO DBA_PROFILES VALUES (?, ?, ?)", profile, resource, limit);
  }
}

function createProfile(
  dictionary: Dictionary,
  as: string,
  [profile = "", words = ""]: readonly string[],
): void {
  demand(dictionary, as, "CREATE PROFILE");
  if (has(dictionary, "DBA_PROFILES", "PROFILE", profile)) throw new OraError(2379, "profile already exists");
  setLimits(dictionary, profile, words);
}

function alterProfile(
  dictionary: Dictionary,
  as: string,
  [profile = "", words = ""]: readonly string[],
): void {
  demand(dictionary, as, "ALTER PROFILE");
  if (!has(dictionary, "DBA_PROFILES", "PROFILE", profile))
    throw new OraError(2380, "profile does not exist");
  setLimits(dictionary, profile, words);
}

function dropProfile(dictionary: Dictionary, as: string, [profile = ""]: readonly string[]): void {
  demand(dictionary, as, "DROP PROFILE");
  if (!has(dictionary, "DBA_PROFILES", "PROFILE", profile))
    throw new OraError(2380, "profile does not exist");
  if (has(dictionary, "DBA_USERS", "PROFILE", profile))
    throw new OraError(2382, "profile has users assigned");
  dictionary.change("DELETE FROM DBA_PROFILES WHERE PROFILE = ?", profile);
}

function createRole(dictionary: Dictionary, as: string, [created = ""]: readonly string[]): void {
  demand(dictionary, as, "CREATE ROLE");
  if (has(dictionary, "DBA_ROLES", "ROLE", created) || has(dictionary, "DBA_USERS", "USERNAME", created)) {
    throw new OraError(1921, "role name conflicts with another user or role name");
  }
  dictionary.change("INSERT INTO DBA_ROLES VALUES (?, 'NONE')", created);
  dictionary.change("INSERT INTO DBA_ROLE_PRIVS VALUES (?, ?, 'YES')", as, created);
}

let nextUserId = 100;

function createUser(dictionary: Dictionary, as: string, given: readonly string[], now: Date): void {
  demand(dictionary, as, "CREATE USER");
  const locked = given.at(-1) === " ACCOUNT LOCK";
  const [username = "", password = "", profile = "DEFAULT"] = locked ? given.slice(0, -1) : given;
  if (has(dictionary, "DBA_USERS", "USERNAME", username) || has(dictionary, "DBA_ROLES", "ROLE", username)) {
    throw new OraError(1920, "user name conflicts with another user or role name");
  }
  if (profile !== "DEFAULT" && !has(dictionary, "DBA_PROFILES", "PROFILE", profile)) {
    throw new OraError(2380, "profile does not exist");
  }
  dictionary.change(
    "INSERT INTO DBA_USERS VALUES (?, ?, ?, ?, ?, 'N', ?, NULL)",
    username,
    nextUserId++,
    locked ? "LOCKED" : "OPEN",
    profile,
    now.getTime() / 86_400_000,
    password,
  );
}

function expirePassword(dictionary: Dictionary, as: string, [username = ""]: readonly string[]): void {
  demand(dictionary, as, "ALTER USER");
  demandUser(dictionary, username);
  restate(dictionary, username, (words) => ["EXPIRED", ...words]);
}

function changeProfile(
  dictionary: Dictionary,
  as: string,
  [username = "", profile = ""]: readonly string[],
): void {
  demand(dictionary, as, "ALTER USER");
  demandUser(dictionary, username);
  if (!has(dictionary, "DBA_PROFILES", "PROFILE", profile))
    throw new OraError(2380, "profile does not exist");
  dictionary.change("UPDATE DBA_USERS SET PROFILE = ? WHERE USERNAME = ?", profile, username);
}

function demandUser(dictionary: Dictionary, username: string): void {
  if (!has(dictionary, "DBA_USERS", "USERNAME", username)) throw new OraError(1918, "user does not exist");
}

function lockUser(dictionary: Dictionary, as: string, [username = "", how]: readonly string[]): void {
  demand(dictionary, as, "ALTER USER");
  demandUser(dictionary, username);
  restate(dictionary, username, (words) => [
    ...words.filter((it) => !/^LOCKED/.test(it)),
    ...(how === "LOCK" ? ["LOCKED"] : []),
  ]);
}

/** In Oracle's order, OPEN where nothing is said of expiry or lock: `EXPIRED & LOCKED & IN ROLLOVER`. */
function restate(
  dictionary: Dictionary,
  username: string,
  change: (words: readonly string[]) => readonly string[],
): void {
  const [user] = dictionary.rows("SELECT ACCOUNT_STATUS FROM DBA_USERS WHERE USERNAME = ?", username);
  const words = change(String(user?.ACCOUNT_STATUS).split(" & ")).filter((it) => it !== "OPEN");
  const of = (pattern: RegExp) => words.filter((it) => pattern.test(it)).slice(0, 1);
  const [expired, locked, rollover] = [of(/^EXPIRED/), of(/^LOCKED/), of(/^IN ROLLOVER/)];
  const open = expired.length + locked.length === 0 ? ["OPEN"] : [];
  const status = [...open, ...expired, ...locked, ...rollover].join(" & ");
  dictionary.change("UPDATE DBA_USERS SET ACCOUNT_STATUS = ? WHERE USERNAME = ?", status, username);
}

/** What a profile does not say it has from DEFAULT. */
function limitOf(dictionary: Dictionary, username: string, resource: string): string | undefined {
  const [row] = dictionary.rows(
    `SELECT P."LIMIT" AS it FROM DBA_USERS U JOIN DBA_PROFILES P ON P.PROFILE IN (U.PROFILE, 'DEFAULT')
     WHERE U.USERNAME = ? AND P.RESOURCE_NAME = ? AND P."LIMIT" <> 'DEFAULT' ORDER BY P.PROFILE = 'DEFAULT'`,
    username,
    resource,
  );
  return row && String(row.it);
}

/** A verify function is ORA12C_STRONG_VERIFY_FUNCTION here; reuse is known of the passwords that work. */
function judge(dictionary: Dictionary, username: string, password: string): void {
  const verifies = limitOf(dictionary, username, "PASSWORD_VERIFY_FUNCTION") ?? "NULL";
  const strong = [/[A-Z].*[A-Z]/, /[a-z].*[a-z]/, /\d.*\d/, /[^A-Za-z\d].*[^A-Za-z\d]/];
  if (verifies !== "NULL" && !strong.every((it) => it.test(password)))
    throw new OraError(28003, "password verification for the specified password failed");
  const reuses = limitOf(dictionary, username, "PASSWORD_REUSE_MAX") ?? "UNLIMITED";
  const [there] = dictionary.rows(
    "SELECT 1 FROM DBA_USERS WHERE USERNAME = ? AND ? IN (PASSWORD, OLD_PASSWORD)",
    username,
    password,
  );
  if (reuses !== "UNLIMITED" && there) throw new OraError(28007, "the password cannot be reused");
}

/** Where the profile lets passwords roll over, the one that was there first goes on to work. */
function changePassword(
  dictionary: Dictionary,
  as: string,
  [username = "", password = "", lock]: readonly string[],
): void {
  if (as !== username) demand(dictionary, as, "ALTER USER");
  demandUser(dictionary, username);
  judge(dictionary, username, password);
  restate(dictionary, username, (words) => words.filter((it) => !/^EXPIRED/.test(it)));
  if ((limitOf(dictionary, username, "PASSWORD_ROLLOVER_TIME") ?? "0") !== "0") {
    dictionary.change(
      "UPDATE DBA_USERS SET OLD_PASSWORD = IFNULL(OLD_PASSWORD, PASSWORD) WHERE USERNAME = ?",
      username,
    );
    restate(dictionary, username, (words) => [...words, "IN ROLLOVER"]);
  }
  dictionary.change("UPDATE DBA_USERS SET PASSWORD = ? WHERE USERNAME = ?", password, username);
  if (lock) lockUser(dictionary, "SYS", [username, "LOCK"]);
}

function endRollover(dictionary: Dictionary, as: string, [username = ""]: readonly string[]): void {
  demand(dictionary, as, "ALTER USER");
  demandUser(dictionary, username);
  dictionary.change("UPDATE DBA_USERS SET OLD_PASSWORD = NULL WHERE USERNAME = ?", username);
  restate(dictionary, username, (words) => words.filter((it) => it !== "IN ROLLOVER"));
}

function proxy(
  dictionary: Dictionary,
  as: string,
  [client = "", verb, through = ""]: readonly string[],
): void {
  demand(dictionary, as, "ALTER USER");
  dictionary.change("DELETE FROM PROXY_USERS WHERE PROXY = ? AND CLIENT = ?", through, client);
  if (verb === "GRANT") dictionary.change("INSERT INTO PROXY_USERS VALUES (?, ?)", through, client);
}

/** Of people in the stories: nothing of ours ever says CASCADE. */
function dropWithAll(dictionary: Dictionary, as: string, [username = ""]: readonly string[]): void {
  demand(dictionary, as, "DROP USER");
  demandUser(dictionary, username);
  for (const view of ["DBA_OBJECTS", "DBA_TABLES", "DBA_SCHEDULER_JOBS", "DBA_TAB_PRIVS"])
    dictionary.change(`DELETE FROM ${view} WHERE OWNER = ?`, username);
  dropUser(dictionary, as, [username]);
}

function dropObject(
  dictionary: Dictionary,
  as: string,
  [type = "", owner = "", object = ""]: readonly string[],
): void {
  if (as !== owner) demand(dictionary, as, `DROP ANY ${type}`);
  const where = "WHERE OWNER = ? AND OBJECT_NAME = ? AND OBJECT_TYPE = ?";
  if (dictionary.change(`DELETE FROM DBA_OBJECTS ${where}`, owner, object, type) === 0)
    throw new OraError(942, "table or view does not exist");
  for (const view of ["DBA_TABLES", "DBA_TAB_PRIVS"])
    dictionary.change(`DELETE FROM ${view} WHERE OWNER = ? AND TABLE_NAME = ?`, owner, object);
}

function dropUser(dictionary: Dictionary, as: string, [username = ""]: readonly string[]): void {
  demand(dictionary, as, "DROP USER");
  demandUser(dictionary, username);
  if (has(dictionary, "GV_$SESSION", "USERNAME", username))
    throw new OraError(1940, "cannot drop a user that is currently connected");
  if (has(dictionary, "DBA_OBJECTS", "OWNER", username))
    throw new OraError(1922, "CASCADE must be specified");
  dictionary.change("DELETE FROM DBA_USERS WHERE USERNAME = ?", username);
  const views = ["DBA_ROLE_PRIVS", "DBA_SYS_PRIVS", "DBA_TAB_PRIVS", "DBA_COL_PRIVS", "DBA_SCHEMA_PRIVS"];
  for (const view of views) {
    dictionary.change(`DELETE FROM ${view} WHERE GRANTEE = ?`, username);
  }
  dictionary.change("DELETE FROM PROXY_USERS WHERE ? IN (PROXY, CLIENT)", username);
}

/** Roles and system privileges, which stand in one list. */
function withoutTarget(
  dictionary: Dictionary,
  as: string,
  [verb = "", list = "", grantee = "", admin]: readonly string[],
): void {
  if (!has(dictionary, "DBA_ROLES", "ROLE", grantee)) demandUser(dictionary, grantee);
  for (const item of list.split(", ")) {
    const role = /^"(.*)"$/.exec(item)?.[1];
    if (role === undefined) giveOrTake(dictionary, as, verb, "DBA_SYS_PRIVS", item, grantee, admin);
    else if (has(dictionary, "DBA_ROLES", "ROLE", role)) {
      giveOrTake(dictionary, as, verb, "DBA_ROLE_PRIVS", role, grantee, admin);
    } else throw new OraError(1919, "role does not exist");
  }
}

const given = {
  DBA_SYS_PRIVS: { column: "PRIVILEGE", notMine: 1031, notGranted: 1952 },
  DBA_ROLE_PRIVS: { column: "GRANTED_ROLE", notMine: 1932, notGranted: 1951 },
};

function giveOrTake(
  dictionary: Dictionary,
  as: string,
  verb: string,
  view: keyof typeof given,
  what: string,
  grantee: string,
  admin: string | undefined,
): void {
  const { column, notMine, notGranted } = given[view];
  const where = `WHERE GRANTEE = ? AND ${column} = ?`;
  const [mine] = dictionary.rows(`SELECT 1 FROM ${view} ${where} AND ADMIN_OPTION = 'YES'`, as, what);
  if (!mine && as !== "SYS") throw new OraError(notMine, "not allowed to pass it on");
  const taken = dictionary.change(`DELETE FROM ${view} ${where}`, grantee, what);
  if (verb === "REVOKE" && taken === 0) throw new OraError(notGranted, "not granted");
  if (verb === "GRANT")
    dictionary.change(`INSERT INTO ${view} VALUES (?, ?, ?)`, grantee, what, admin ? "YES" : "NO");
}

function schemaPrivilege(
  dictionary: Dictionary,
  as: string,
  [verb, privilege = "", schema = "", grantee = ""]: readonly string[],
): void {
  if (as !== schema) demand(dictionary, as, "GRANT ANY SCHEMA PRIVILEGE");
  const where = "WHERE GRANTEE = ? AND PRIVILEGE = ? AND SCHEMA = ?";
  const taken = dictionary.change(`DELETE FROM DBA_SCHEMA_PRIVS ${where}`, grantee, privilege, schema);
  if (verb === "REVOKE" && taken === 0) throw new OraError(1952, "not granted");
  if (verb === "GRANT")
    dictionary.change("INSERT INTO DBA_SCHEMA_PRIVS VALUES (?, ?, ?, 'NO')", grantee, privilege, schema);
}

/** A view that does not compile takes no grants (4063); a REVOKE takes the columns along. */
function objectPrivilege(
  dictionary: Dictionary,
  as: string,
  [verb, words = "", owner = "", table = "", grantee = ""]: readonly string[],
): void {
  const [there] = dictionary.rows(
    "SELECT STATUS FROM DBA_OBJECTS WHERE OWNER = ? AND OBJECT_NAME = ?",
    owner,
    table,
  );
  if (!there || (as !== owner && !holds(dictionary, as, "GRANT ANY OBJECT PRIVILEGE"))) {
    throw new OraError(942, "table or view does not exist");
  }
  if (verb === "GRANT" && there.STATUS === "INVALID") throw new OraError(4063, "view has errors");
  for (const [, privilege = "", columns] of words.matchAll(/([A-Z]+)(?: \(([^)]*)\))?/g)) {
    const where = "WHERE GRANTEE = ? AND OWNER = ? AND TABLE_NAME = ? AND PRIVILEGE = ?";
    const at = [grantee, owner, table, privilege] as const;
    const taken = ["DBA_TAB_PRIVS", "DBA_COL_PRIVS"].filter(
      (view) => verb === "REVOKE" && dictionary.change(`DELETE FROM ${view} ${where}`, ...at) > 0,
    );
    if (verb === "REVOKE" && taken.length === 0)
      throw new OraError(1927, "cannot REVOKE privileges you did not grant");
    if (verb === "REVOKE") continue;
    for (const [, column = ""] of (columns ?? "").matchAll(/"([^"]+)"/g)) {
      dictionary.change(
        "INSERT INTO DBA_COL_PRIVS VALUES (?, ?, ?, ?, ?)",
        grantee,
        owner,
        table,
        column,
        privilege,
      );
    }
    if (columns !== undefined) continue;
    dictionary.change(`DELETE FROM DBA_TAB_PRIVS ${where}`, ...at);
    dictionary.change(
      "INSERT INTO DBA_TAB_PRIVS VALUES (?, ?, ?, ?, ?, 'TABLE')",
      grantee,
      owner,
      table,
      owner,
      privilege,
    );
  }
}
