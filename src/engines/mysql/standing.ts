/** What stands on a server as long as dblease does; made by `prepare`. */

/** Schema of the events that lock accounts at their expiry; nothing else is in it. */
export const dbleaseSchema = "dblease";

/** Every group role is its member: how to tell a role of ours from one of the same name. It has no privilege. */
export const managedRole = "jit_managed";
