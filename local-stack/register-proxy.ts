import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateDBProxyCommand,
  DescribeDBInstancesCommand,
  RDSClient,
  RegisterDBProxyTargetsCommand,
} from "@aws-sdk/client-rds";
import type { AwsAccess } from "./aws-access.ts";

/** An RDS Proxy before a PostgreSQL instance. */
export interface RdsProxy {
  name: string;
  instance: string;
  /** The address that RDS tells; the port is PostgreSQL's own. */
  host: string;
}

/** The role of this proxy, with which it logs in as the users of grants: what docs/iam.md has people make. */
async function roleOf(access: AwsAccess, { name, instance }: RdsProxy): Promise<string> {
  const found = await new RDSClient(access).send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: instance }),
  );
  const iam = new IAMClient(access);
  const document = (statement: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  const AssumeRolePolicyDocument = document({
    Principal: { Service: "rds.amazonaws.com" },
    Action: "sts:AssumeRole",
  });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
  const users = `dbuser:${found.DBInstances?.[0]?.DbiResourceId}/jit_*`;
  const PolicyDocument = document({
    Action: "rds-db:connect",
    Resource: `arn:aws:rds-db:${access.region}:${Role?.Arn?.split(":")[4]}:${users}`,
  });
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: "connect", PolicyDocument }));
  return `${Role?.Arn}`;
}

/** Makes RDS's API describe a proxy with IAM end to end. @returns its role, for another proxy of this name. */
export async function registerProxy(access: AwsAccess, proxy: RdsProxy, role?: string): Promise<string> {
  const RoleArn = role ?? (await roleOf(access, proxy));
  const rds = new RDSClient(access);
  const { Subnets } = await new EC2Client(access).send(new DescribeSubnetsCommand({}));
  await rds.send(
    new CreateDBProxyCommand({
      DBProxyName: proxy.name,
      EngineFamily: "POSTGRESQL",
      DefaultAuthScheme: "IAM_AUTH",
      RoleArn,
      RequireTLS: true,
      VpcSubnetIds: (Subnets ?? []).map((it) => `${it.SubnetId}`),
      // See emulator_gaps/proxy_endpoint.py.
      Tags: [{ Key: "endpoint", Value: proxy.host }],
    }),
  );
  await rds.send(
    new RegisterDBProxyTargetsCommand({ DBProxyName: proxy.name, DBInstanceIdentifiers: [proxy.instance] }),
  );
  return RoleArn;
}
