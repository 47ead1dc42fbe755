/** What `network:` names by tags, found in the account. */
import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type Filter,
} from "@aws-sdk/client-ec2";
import { DbleaseError } from "../src/errors.ts";
import type { FoundNetwork, NamedNetwork } from "./named-network.ts";

type Find = (ec2: EC2Client, input: { Filters: Filter[] }) => Promise<(string | undefined)[] | undefined>;

const findVpcs: Find = async (ec2, input) =>
  (await ec2.send(new DescribeVpcsCommand(input))).Vpcs?.map((it) => it.VpcId);
const findSubnets: Find = async (ec2, input) =>
  (await ec2.send(new DescribeSubnetsCommand(input))).Subnets?.map((it) => it.SubnetId);
const findSecurityGroups: Find = async (ec2, input) =>
  (await ec2.send(new DescribeSecurityGroupsCommand(input))).SecurityGroups?.map((it) => it.GroupId);
const findRouteTables: Find = async (ec2, input) =>
  (await ec2.send(new DescribeRouteTablesCommand(input))).RouteTables?.map((it) => it.RouteTableId);

/** @throws BAD_CONFIGURATION if nothing has all of the tags. */
async function byTags(
  ec2: EC2Client,
  place: string,
  find: Find,
  tags: Record<string, string>,
  more: Filter[] = [],
): Promise<string[]> {
  const filters = Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
  const found = (await find(ec2, { Filters: [...filters, ...more] })) ?? [];
  const ids = found.filter((it) => it !== undefined).sort();
  if (ids.length > 0) return ids;
  const words = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  throw new DbleaseError("BAD_CONFIGURATION", `${place}: nothing has the tags ${words.join(", ")}`, {
    next: "mend the tags, or name ids; check account, region and, below the VPC, that it stands in that VPC",
  });
}

async function findVpc(ec2: EC2Client, named: NamedNetwork["vpc"]): Promise<string> {
  if (typeof named === "string") return named;
  const [vpc = "", ...others] = await byTags(ec2, "network.vpc", findVpcs, named.tags);
  if (others.length === 0) return vpc;
  throw new DbleaseError(
    "BAD_CONFIGURATION",
    `network.vpc: ${[vpc, ...others].join(", ")} all have these tags`,
    {
      next: "name a tag that only one of them has, or the id",
    },
  );
}

/**
 * Every name by tags becomes ids; subnets, security groups and route tables are looked for in the VPC alone.
 * @throws BAD_CONFIGURATION if nothing has the tags, or more than one VPC.
 */
export async function findNetwork(
  named: NamedNetwork,
  ec2: EC2Client = new EC2Client({}),
): Promise<FoundNetwork> {
  const vpc = await findVpc(ec2, named.vpc);
  const inVpc = [{ Name: "vpc-id", Values: [vpc] }];
  const ids = async (place: string, find: Find, it: NamedNetwork["subnets"]) =>
    Array.isArray(it) ? it : byTags(ec2, `network.${place}`, find, it.tags, inVpc);
  const { dynamodb, secretsManager } = named.endpoints ?? {};
  return {
    vpc,
    subnets: await ids("subnets", findSubnets, named.subnets),
    securityGroups: await ids("securityGroups", findSecurityGroups, named.securityGroups),
    endpoints: {
      ...(secretsManager ? { secretsManager } : {}),
      ...(dynamodb
        ? {
            dynamodb: {
              routeTables: await ids("endpoints.dynamodb.routeTables", findRouteTables, dynamodb.routeTables),
            },
          }
        : {}),
    },
  };
}
