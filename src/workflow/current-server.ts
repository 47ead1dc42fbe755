import type { RDSClient } from "@aws-sdk/client-rds";
import type { DatabaseSnapshot } from "../grant.ts";
import { findServerId } from "./resolve-members.ts";

/** RDS resource id of what stands under a database's name now; undefined: nothing does. */
export type CurrentServer = (database: DatabaseSnapshot) => Promise<string | undefined>;

const keptMs = 5_000;

/** Asks RDS, and once in five seconds for each server: a burst of tokens must not use up the account's Describe calls. */
export function currentServer(rds: RDSClient, clock: () => Date): CurrentServer {
  const kept = new Map<string, { until: number; answer: Promise<string | undefined> }>();
  return (database) => {
    const key = `${database.cluster ?? ""}/${database.instance ?? ""}`;
    const now = clock().getTime();
    const known = kept.get(key);
    if (known && known.until > now) return known.answer;
    const answer = findServerId(rds, database);
    kept.set(key, { until: now + keptMs, answer });
    // A failure is not kept.
    answer.catch(() => kept.delete(key));
    return answer;
  };
}
