/**
 * The second user of a pair on MySQL and MariaDB: an account for each host of the first one, with the same rights, limits
 * and TLS. Tables have no owner there, so nothing belongs to one of them alone.
 */
import type { MysqlConnection } from "../../connect/mysql.ts";
import { DbleaseError } from "../../errors.ts";
import { password } from "../../verifiers/password.ts";
import type { Pair, PairDifference } from "../application-users.ts";
import { type AccountRight, accountRights, grantOf, lacking, revokeOf } from "./account-rights.ts";
import type { Dialect } from "./dialect.ts";
import { engineError, repeatOn } from "./errors.ts";
import { currentAdmin } from "./group-roles.ts";
import { identifiedBy } from "./identified-by.ts";
import { accountName, literal, theirName } from "./quote.ts";
import { message, type Row } from "./use.ts";

interface PairAccount {
  host: string;
  plugin: string;
  isAdmin: boolean;
  /** What ALTER USER would be told. */
  limits: string;
  rights: readonly AccountRight[];
  /** Quoted, as a list. */
  defaultRoles: string;
}

/**
 * What the admin may not give fails the run: the application would be sent to a login that may do less. A second user
 * that may do more than the first is refused: it is somebody else's, or has kept what the first one lost.
 * @throws NOT_FOUND, USER_REFUSED, ADMIN_LACKS_RIGHTS
 */
export async function preparePair(
  dialect: Dialect,
  connection: MysqlConnection,
  { first, second }: Pair,
  randomBytes: (count: number) => Uint8Array,
): Promise<readonly PairDifference[]> {
  try {
    const ones = await accountsOf(dialect, connection, first);
    const others = await accountsOf(dialect, connection, second);
    assertPair({ first, second }, ones, others);
    for (const one of ones) {
      const other = others.find((it) => it.host === one.host);
      const name = accountName(second, one.host);
      const unknown = identifiedBy(dialect, { ...one, name }, password(randomBytes));
      for (const statement of [
        // A password that nobody knows, until the next statement of the run gives it one.
        ...(other ? [] : [`CREATE USER IF NOT EXISTS ${name} ${unknown}`]),
        ...equalities(dialect, one, other, name),
      ]) {
        await repeatOn([], () => message(connection, [statement]));
      }
    }
    return others.filter((it) => !ones.some(({ host }) => host === it.host)).map((it) => extra(second, it));
  } catch (error) {
    throw engineError(error, second);
  }
}

async function accountsOf(
  dialect: Dialect,
  connection: MysqlConnection,
  username: string,
): Promise<PairAccount[]> {
  const [rows = [], defaults = []] = await message(connection, [
    `SELECT Host AS host, plugin, ssl_type AS tls, CONVERT(ssl_cipher USING utf8mb4) AS cipher,
        CONVERT(x509_issuer USING utf8mb4) AS issuer, CONVERT(x509_subject USING utf8mb4) AS subject,
        max_questions AS queries, max_updates AS updates, max_connections AS connections, max_user_connections AS sessions,
        User = ${currentAdmin} OR Super_priv = 'Y' OR Create_user_priv = 'Y' AS powerful
      FROM mysql.user WHERE User = ${literal(username)} ORDER BY Host`,
    `SELECT role, role_host, host FROM ${dialect.defaultRoles} d WHERE user = ${literal(username)} ORDER BY role`,
  ]);
  const accounts: PairAccount[] = [];
  for (const row of rows) {
    const [grants = []] = await message(connection, [`SHOW GRANTS FOR ${accountName(username, row.host)}`]);
    accounts.push({
      host: row.host,
      plugin: row.plugin,
      isAdmin: Number(row.powerful) === 1,
      limits: limitsOf(row),
      rights: accountRights(grants, `${theirName(username)}@${theirName(row.host)}`),
      defaultRoles: defaults
        .filter((it) => it.host === row.host)
        .map((it) => `${theirName(it.role)}${it.role_host === null ? "" : `@${theirName(it.role_host)}`}`)
        .join(", "),
    });
  }
  return accounts;
}

function limitsOf(row: Row): string {
  const specified = [
    ["CIPHER", row.cipher],
    ["ISSUER", row.issuer],
    ["SUBJECT", row.subject],
  ].flatMap(([word, text]) => (text ? [`${word} ${literal(text)}`] : []));
  const tls = { ANY: "SSL", X509: "X509", SPECIFIED: specified.join(" AND ") }[String(row.tls)] ?? "NONE";
  return `REQUIRE ${tls} WITH MAX_QUERIES_PER_HOUR ${Number(row.queries)} MAX_UPDATES_PER_HOUR ${Number(row.updates)}
    MAX_CONNECTIONS_PER_HOUR ${Number(row.connections)} MAX_USER_CONNECTIONS ${Number(row.sessions)}`;
}

function assertPair(
  { first, second }: Pair,
  ones: readonly PairAccount[],
  others: readonly PairAccount[],
): void {
  if (ones.length === 0) {
    throw new DbleaseError("NOT_FOUND", `the server has no user ${first}`, {
      next: "make the user, or mend rotations in dblease.yaml",
    });
  }
  if ([...ones, ...others].some((it) => it.isAdmin)) {
    throw new DbleaseError("USER_REFUSED", `${first} is an admin, which is never alternated`, {
      next: "use strategy single-user, or let RDS manage the master's password",
    });
  }
  const may = ones.flatMap((it) => it.rights);
  for (const { host, rights } of others) {
    const [more] = lacking(rights, ones.find((it) => it.host === host)?.rights ?? may);
    if (!more) continue;
    throw new DbleaseError("USER_REFUSED", `user ${second} may do what ${first} may not`, {
      next: `look whose it is; if it is the pair's: ${revokeOf(more, accountName(second, host))}`,
    });
  }
}

function equalities(
  dialect: Dialect,
  one: PairAccount,
  other: PairAccount | undefined,
  name: string,
): string[] {
  return [
    ...(other?.limits === one.limits ? [] : [`ALTER USER ${name} ${one.limits}`]),
    ...lacking(one.rights, other?.rights ?? []).map((it) => grantOf(it, name)),
    ...((other?.defaultRoles ?? "") === one.defaultRoles
      ? []
      : [dialect.setDefaultRole(name, one.defaultRoles || "NONE")]),
  ];
}

function extra(second: string, { host }: PairAccount): PairDifference {
  const account = accountName(second, host);
  return {
    sentence: `${account} is there, and the first user has no account for that host`,
    repair: `DROP USER ${account}`,
  };
}
