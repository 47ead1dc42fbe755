/**
 * The RDS Proxy of a database as RDS knows it at this moment. People log in through it; dblease itself goes to the
 * members, because nothing that a pool answers proves what the database knows.
 */
import {
  type DBProxy,
  type DBProxyTarget,
  DescribeDBProxiesCommand,
  paginateDescribeDBProxyTargets,
  type RDSClient,
} from "@aws-sdk/client-rds";
import type { Config } from "../config.ts";
import type { Check } from "../engines/engine.ts";
import type { DatabaseSnapshot } from "../grant.ts";
import { type JudgedProxy, judgeProxy, proxyId } from "../iam/judge-proxy.ts";

/** @returns undefined where RDS has none of this name: another failure is no answer. */
async function findProxy(rds: RDSClient, DBProxyName: string): Promise<DBProxy | undefined> {
  const command = new DescribeDBProxiesCommand({ DBProxyName });
  const found = await rds.send(command).catch((error: unknown) => {
    if (!(error instanceof Error && error.name.startsWith("DBProxyNotFound"))) throw error;
  });
  return found?.DBProxies?.[0];
}

async function targetsOf(client: RDSClient, DBProxyName: string): Promise<DBProxyTarget[]> {
  const found: DBProxyTarget[] = [];
  for await (const page of paginateDescribeDBProxyTargets({ client }, { DBProxyName })) {
    found.push(...(page.Targets ?? []));
  }
  return found;
}

/** RDS resource id of the proxy of this name now, by one call; undefined: there is none. */
export async function findProxyId(rds: RDSClient, name: string): Promise<string | undefined> {
  const proxy = await findProxy(rds, name);
  return proxy && proxyId(proxy);
}

/** Where people log in to a database by IAM through its proxy, or why nobody can; undefined: it has none. @throws what RDS throws. */
export async function resolveProxy(
  rds: RDSClient,
  config: Config,
  database: DatabaseSnapshot,
): Promise<JudgedProxy | undefined> {
  const configured = config.databases[database.id];
  if (configured?.proxy === undefined) return undefined;
  const proxy = await findProxy(rds, configured.proxy);
  const found = proxy && { proxy, targets: await targetsOf(rds, configured.proxy) };
  return judgeProxy(configured.proxy, database, configured, found);
}

/** The same as a check of doctor and of the reconciler, which have more to look at; none where there is no proxy. */
export async function checkProxy(
  rds: RDSClient,
  config: Config,
  database: DatabaseSnapshot,
): Promise<Check[]> {
  const judged = await resolveProxy(rds, config, database).catch((error: Error) => ({
    sentence: `RDS did not tell of the proxy of ${database.id} (${error.name})`,
    repair:
      "run it again; the API and the reconciler need rds:DescribeDBProxies and rds:DescribeDBProxyTargets",
  }));
  if (!judged) return [];
  if (!("proxy" in judged)) return [{ id: "proxy", ok: false, ...judged }];
  const { id, resourceId } = judged.proxy;
  const sentence = `proxy ${id} (${resourceId}) takes tokens, and leads to the server of ${database.id}`;
  return [{ id: "proxy", ok: true, sentence }];
}
