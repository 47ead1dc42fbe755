import type { RDSClient } from "@aws-sdk/client-rds";
import type { Grant } from "../grant.ts";
import type { Current } from "../replaced.ts";
import { findServerId } from "./resolve-members.ts";
import { findProxyId } from "./resolve-proxy.ts";

/** RDS resource ids of what stands under the names of a grant's server and proxy now. */
export type CurrentServer = (grant: Pick<Grant, "database" | "proxy">) => Promise<Current>;

const keptMs = 5_000;

/** Asks RDS, and once in five seconds for each server: a burst of tokens must not use up the account's Describe calls. */
export function currentServer(rds: RDSClient, clock: () => Date): CurrentServer {
  const kept = new Map<string, { until: number; answer: Promise<string | undefined> }>();
  const ask = (key: string, find: () => Promise<string | undefined>) => {
    const now = clock().getTime();
    const known = kept.get(key);
    if (known && known.until > now) return known.answer;
    const answer = find();
    kept.set(key, { until: now + keptMs, answer });
    // A failure is not kept.
    answer.catch(() => kept.delete(key));
    return answer;
  };
  return async ({ database, proxy }) => {
    const { cluster = "", instance = "" } = database;
    const server = await ask(`server/${cluster}/${instance}`, () => findServerId(rds, database));
    return { server, proxy: proxy && (await ask(`proxy/${proxy.id}`, () => findProxyId(rds, proxy.id))) };
  };
}
