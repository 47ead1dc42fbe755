import type { GroupRole, Scope } from "./engines/engine.ts";

/**
 * The standing NOLOGIN role that carries a role's privileges in one database. Group roles are known to the whole
 * server, so the database is part of the name; two underscores keep `a` + `b-c` apart from `a-b` + `c`.
 */
export function groupRoleName(databaseId: string, role: string): string {
  return `dbl_${databaseId}__${role}`.replaceAll("-", "_");
}

/** The group roles one database needs. */
export function groupRolesOf(
  databaseId: string,
  roles: readonly string[],
  scopes: Readonly<Record<string, readonly Scope[]>>,
): GroupRole[] {
  return roles.map((role) => ({ name: groupRoleName(databaseId, role), scopes: scopes[role] ?? [] }));
}
