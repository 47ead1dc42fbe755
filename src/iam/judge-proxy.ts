/** Whether temporary users get through an RDS Proxy (pure). */
import type { DBProxy, DBProxyTarget } from "@aws-sdk/client-rds";
import type { DatabaseConfig } from "../config.ts";
import type { DatabaseSnapshot, Engine, Member } from "../grant.ts";

/** Where people log in, or why nobody can and what mends that. */
export type JudgedProxy = { proxy: Member } | { sentence: string; repair: string };

/** RDS's word for what a proxy speaks, and the port on which it does: it knows no other. */
const protocols: Partial<Record<Engine, { family: string; port: number }>> = {
  postgres: { family: "POSTGRESQL", port: 5432 },
  mysql: { family: "MYSQL", port: 3306 },
  mariadb: { family: "MYSQL", port: 3306 },
};

/** The last part of a proxy's ARN, `prx-...`: what a policy calls it. */
export function proxyId({ DBProxyArn = "" }: DBProxy): string {
  return DBProxyArn.split(":").at(-1) ?? "";
}

function isTarget({ instance, cluster }: DatabaseSnapshot, it: DBProxyTarget): boolean {
  const wanted = (cluster ?? instance)?.toLowerCase();
  const named = cluster
    ? [it.TrackedClusterId, it.Type === "TRACKED_CLUSTER" && it.RdsResourceId]
    : [it.RdsResourceId];
  return named.includes(wanted);
}

/** @param found what RDS knows under this name; undefined: nothing. */
export function judgeProxy(
  name: string,
  database: DatabaseSnapshot,
  { resourceIds }: Pick<DatabaseConfig, "resourceIds">,
  found: { proxy: DBProxy; targets: readonly DBProxyTarget[] } | undefined,
): JudgedProxy {
  const { id, engine, instance, cluster } = database;
  const place = `databases.${id} in dblease.yaml`;
  const no = (sentence: string, repair: string) => ({ sentence: `proxy ${name} ${sentence}`, repair });
  if (!found) return no("is none that RDS knows in this region", `name the proxy of ${place}`);
  const { Status, DefaultAuthScheme, EngineFamily, Endpoint: host } = found.proxy;
  const command = (words: string) => `aws rds ${words} --db-proxy-name ${name}`;
  if (Status !== "available" || !host) {
    return no(`is not available (${Status})`, command("describe-db-proxies"));
  }
  const protocol = protocols[engine];
  if (!protocol || protocol.family !== EngineFamily) {
    return no(`speaks ${EngineFamily}, and ${id} is ${engine}`, `name another proxy for ${place}`);
  }
  if (DefaultAuthScheme !== "IAM_AUTH") {
    const mend = `${command("modify-db-proxy")} --default-auth-scheme IAM_AUTH`;
    return no("logs in to its database by secrets, which temporary users do not have", mend);
  }
  if (!found.targets.some((it) => isTarget(database, it))) {
    const target = cluster ? `--db-cluster-identifiers ${cluster}` : `--db-instance-identifiers ${instance}`;
    return no(`does not lead to the server of ${id}`, `${command("register-db-proxy-targets")} ${target}`);
  }
  const resourceId = proxyId(found.proxy);
  if (!resourceIds.includes(resourceId)) {
    return no(
      `has the id ${resourceId}, for which no tokens are signed`,
      `list it in resourceIds of ${place}, then deploy`,
    );
  }
  return { proxy: { id: name, host, port: protocol.port, resourceId } };
}
