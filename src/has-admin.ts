/**
 * Whether dblease may log in to a database as its administrator. Without one there is no access to give there: only
 * application users may change their own passwords.
 */
export function hasAdmin(database: {
  adminSecret?: string | undefined;
  adminUser?: string | undefined;
}): boolean {
  return database.adminSecret !== undefined || database.adminUser !== undefined;
}
