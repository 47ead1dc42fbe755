/** The roles of dblease itself; all NOLOGIN, all made by `prepare`, known to the whole server. */

/** Makes and owns all temporary users, so that every admin that is its member can end them (dangers 14). */
export const ownerRole = "jit_owner";

/** Every temporary user is its member: how to find them. It has no privilege. */
export const managedRole = "jit_managed";

/** Receives the data that a temporary user leaves behind. It has no privilege (dangers 12). */
export const graveyardRole = "jit_graveyard";

/** RDS's own: its members log in by IAM tokens, and by nothing else. */
export const iamRole = "rds_iam";

export const standingRoles = [ownerRole, managedRole, graveyardRole] as const;
