/** What the npm package offers to other CDK apps. Its types say nothing of ours, so that nobody needs our dependencies. */
import type { Construct } from "constructs";
import type { Config } from "../src/config.ts";
import { IamEvents as IamEventsConstruct } from "./constructs/iam-events.ts";
import { Dblease as DbleaseConstruct } from "./dblease.ts";
import { isFound } from "./named-network.ts";
import { readConfiguration as readConfig } from "./read-configuration.ts";

/** The checked content of a `dblease.yaml`. */
export interface Configuration {
  /** Whether `network:` names everything by ids, so that `findNetwork` has nothing to look for. */
  readonly isComplete: boolean;
}

export interface DbleaseProps {
  readonly configuration: Configuration;
}

interface Checked extends Configuration {
  readonly config: Config;
}

function checked(config: Config): Checked {
  return { isComplete: !config.network || isFound(config.network), config };
}

/**
 * @param file path of a `dblease.yaml`.
 * @throws an error whose message names each mistake and whose `next` says how to go on.
 */
export function readConfiguration(file: string): Configuration {
  return checked(readConfig(file));
}

/** Looks up in the account what `network:` names by tags, with the credentials and region of the environment. */
export async function findNetwork(configuration: Configuration): Promise<Configuration> {
  const { config } = configuration as Checked;
  if (!config.network) return configuration;
  const { findNetwork: find } = await import("./find-network.ts");
  return checked({ ...config, network: await find(config.network) });
}

/** Just-in-time access for the databases of one configuration, in the account and region of its stack. */
export const Dblease: new (scope: Construct, id: string, props: DbleaseProps) => Construct =
  class extends DbleaseConstruct {
    constructor(scope: Construct, id: string, { configuration }: DbleaseProps) {
      super(scope, id, { config: (configuration as Checked).config, assets: import.meta.dirname });
    }
  };

/**
 * For a stack in us-east-1, where alone IAM's events are told: hands them to the region that `Dblease` stands in.
 * Not needed where that is us-east-1.
 */
export const IamEvents: new (
  scope: Construct,
  id: string,
  props: { readonly homeRegion: string },
) => Construct = IamEventsConstruct;
