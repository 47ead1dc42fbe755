/** What stands in a database as long as dblease does; made by `prepare`. */

/** Every group role is its member: how to tell a role of ours from one of the same name. It has no permission. */
export const managedRole = "jit_managed";

/** Owns what users left behind; it has no member and no permission. */
export const graveyardRole = "jit_graveyard";
