/** What an account may do, read from the text of its GRANTs: nothing else shows all of it on MySQL and on MariaDB. */
import { DbleaseError } from "../../errors.ts";
import type { Row } from "./use.ts";

export interface AccountRight {
  /** ``SELECT``, ``SELECT (`id`)``, `GRANT OPTION`; of a role its quoted name. */
  privilege: string;
  /** As the server writes it: `*.*`, `` `shop`.* ``; absent: a role. */
  on?: string;
  /** A role that it may pass on. */
  withAdminOption?: true;
}

/** Quoted names and texts count as one piece, whatever is in them. */
const quoted = "`(?:[^`]|``)*`|'(?:[^'\\\\]|''|\\\\.)*'";
const granted = new RegExp(`^GRANT ((?:${quoted}|[^\`'])+?) ON ((?:${quoted}|[^\`'])+)$`, "s");
const item = new RegExp(`(?:\\((?:${quoted}|[^)\`'])*\\)|${quoted}|[^,(\`'])+`, "gs");

function itemsOf(list: string): string[] {
  return (list.match(item) ?? []).map((it) => it.trim());
}

/** ``SELECT (`a`, `b`)`` are two rights. */
function columnsOf(privilege: string): string[] {
  const [, name = "", columns] = /^([A-Z ]+?) ?\((.*)\)$/s.exec(privilege) ?? [];
  return columns === undefined ? [privilege] : itemsOf(columns).map((column) => `${name} (${column})`);
}

function ofRow(row: string, account: string): AccountRight[] {
  if (row.startsWith("REVOKE ")) {
    // Of partial_revokes: what one GRANT gives, another row takes away again.
    throw new DbleaseError("USER_REFUSED", `${account} has rights that are revoked in part`, {
      next: "use strategy single-user, or let a GRANT on each schema say what the user may do",
    });
  }
  const to = ` TO ${account}`;
  const at = row.lastIndexOf(to);
  // MariaDB's `SET DEFAULT ROLE`; read elsewhere.
  if (at < 0) return [];
  // After the account MariaDB also writes how it logs in.
  const [head, rest] = [row.slice(0, at), row.slice(at + to.length)];
  const [, privileges, on] = granted.exec(head) ?? [];
  if (privileges === undefined || on === undefined) {
    const option = rest === " WITH ADMIN OPTION" ? ({ withAdminOption: true } as const) : {};
    return itemsOf(head.replace("GRANT ", "")).map((privilege) => ({ privilege, ...option }));
  }
  const option = / WITH (.* )?GRANT OPTION\b/s.test(rest) ? ["GRANT OPTION"] : [];
  return [...itemsOf(privileges).flatMap(columnsOf), ...option]
    .filter((it) => it !== "USAGE")
    .map((privilege) => ({ privilege, on }));
}

/** @param rows of SHOW GRANTS. @param account in backticks, as the server writes it. @throws USER_REFUSED */
export function accountRights(rows: readonly Row[], account: string): AccountRight[] {
  return rows.flatMap((row) => ofRow(String(Object.values(row)[0]), account));
}

/** Those of `wanted` that `present` does not hold. */
export function lacking(wanted: readonly AccountRight[], present: readonly AccountRight[]): AccountRight[] {
  const has = new Set(present.map((it) => JSON.stringify(it)));
  const all = new Set(present.filter((it) => it.privilege === "ALL PRIVILEGES").map((it) => it.on));
  return wanted.filter(
    (it) =>
      !has.has(JSON.stringify(it)) &&
      !(it.on !== undefined && it.privilege !== "GRANT OPTION" && all.has(it.on)),
  );
}

/** @param account quoted. */
export function grantOf({ privilege, on, withAdminOption }: AccountRight, account: string): string {
  if (on === undefined)
    return `GRANT ${privilege} TO ${account}${withAdminOption ? " WITH ADMIN OPTION" : ""}`;
  return privilege === "GRANT OPTION"
    ? `GRANT USAGE ON ${on} TO ${account} WITH GRANT OPTION`
    : `GRANT ${privilege} ON ${on} TO ${account}`;
}

/** @param account quoted. */
export function revokeOf({ privilege, on }: AccountRight, account: string): string {
  return `REVOKE ${privilege}${on === undefined ? "" : ` ON ${on}`} FROM ${account}`;
}
