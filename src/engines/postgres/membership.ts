/**
 * Options of GRANT role TO user, which PostgreSQL knows since 16 (manual, GRANT). Before 16 a member can SET ROLE
 * to the group and go on with its rights after the revoke: only ending the session helps there.
 */

/** A temporary user has the group's privileges and cannot become the group. */
export function asMember(serverVersion: number): string {
  return serverVersion >= 16 ? " WITH INHERIT TRUE, SET FALSE" : "";
}

/** The admin side acts for the role and can become it. */
export function asActor(serverVersion: number): string {
  return serverVersion >= 16 ? " WITH INHERIT TRUE, SET TRUE" : "";
}
