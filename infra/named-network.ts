import type { Config } from "../src/config.ts";

/** `network:` of dblease.yaml, where each thing is named by id or by tags. */
export type NamedNetwork = NonNullable<Config["network"]>;

/** The same with nothing but ids. */
export interface FoundNetwork {
  vpc: string;
  subnets: string[];
  securityGroups: string[];
  endpoints?:
    | { dynamodb?: { routeTables: string[] } | undefined; secretsManager?: "create" | undefined }
    | undefined;
}

export function isFound(network: NamedNetwork | FoundNetwork): network is FoundNetwork {
  const { vpc, subnets, securityGroups, endpoints } = network;
  const names = [vpc, subnets, securityGroups, endpoints?.dynamodb?.routeTables];
  return !names.some((it) => typeof it === "object" && "tags" in it);
}
