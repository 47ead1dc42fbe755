import type { Grant } from "./grant.ts";

/** RDS resource ids of what a grant's names stand for now; undefined: nothing. */
export interface Current {
  server: string | undefined;
  proxy?: string | undefined;
}

/**
 * Why a grant is on no server any more (pure): another one stands under its database's name, or none; or its proxy is
 * another one. @returns undefined where they are the grant's own.
 */
export function replacedBy(
  grant: Pick<Grant, "database" | "serverId" | "proxy">,
  current: Current,
): string | undefined {
  return replacedServer(grant, current.server) ?? replacedProxy(grant, current.proxy);
}

function replacedServer(
  { database, serverId }: Pick<Grant, "database" | "serverId">,
  current: string | undefined,
): string | undefined {
  if (serverId === undefined || serverId === current) return undefined;
  return current === undefined
    ? `the server of database ${database.id} is gone (${serverId})`
    : `database ${database.id} runs on another server (${current}) than the one of this grant (${serverId})`;
}

function replacedProxy({ proxy }: Pick<Grant, "proxy">, current: string | undefined): string | undefined {
  if (proxy === undefined || proxy.resourceId === current) return undefined;
  return current === undefined
    ? `proxy ${proxy.id} is gone (${proxy.resourceId})`
    : `proxy ${proxy.id} is another one (${current}) than that of this grant (${proxy.resourceId})`;
}
