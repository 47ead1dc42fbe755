import type { GrantId } from "../grant.ts";

/**
 * What the database shows of an admin connection (application_name): whose work it is. A revoke ends all
 * connections with its grant's tag, but no other revoke's (dangers 5, 18).
 */
export function tag(grantId?: GrantId, purpose?: "revoke"): string {
  return ["dblease", grantId, purpose].filter((part) => part !== undefined).join("/");
}
