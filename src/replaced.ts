import type { Grant } from "./grant.ts";

/**
 * Why a grant is on no server any more (pure): another one stands under its database's name, or none.
 * @param current RDS resource id of what stands there now. @returns undefined where it is the grant's own.
 */
export function replacedBy(
  { database, serverId }: Pick<Grant, "database" | "serverId">,
  current: string | undefined,
): string | undefined {
  if (serverId === undefined || serverId === current) return undefined;
  return current === undefined
    ? `the server of database ${database.id} is gone (${serverId})`
    : `database ${database.id} runs on another server (${current}) than the one of this grant (${serverId})`;
}
