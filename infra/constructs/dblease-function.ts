import { Duration, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Code, Function as LambdaFunction, LoggingFormat, Runtime } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { GrantsTable } from "./grants-table.ts";
import type { Network } from "./network.ts";

/** What all functions of one installation share. */
export interface Installation {
  /** Tells our users from those of another installation (dangers 13). */
  id: string;
  store: GrantsTable;
  /** Folder of the bundle of one function, by the name of its file in functions/. */
  bundleOf: (file: string) => string;
}

export interface DbleaseFunctionProps {
  /** Name of the file in functions/, without its ending. */
  file: string;
  timeoutSeconds: number;
  environment?: Record<string, string>;
  memoryMb?: number;
  /** Concurrency that no other function can take away. */
  reservedConcurrency?: number;
  /** Engine functions stand in the VPC, all others do not. */
  network?: Network | undefined;
}

/** ARN of what stands in IAM under this path. */
export function iamArn(scope: Construct, path: string): string {
  return Stack.of(scope).formatArn({ service: "iam", region: "", resource: path });
}

/** One Lambda: its own role, its own log, Amazon's certificate authorities trusted. */
export class DbleaseFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, installation: Installation, props: DbleaseFunctionProps) {
    super(scope, id, {
      runtime: Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: Code.fromAsset(installation.bundleOf(props.file)),
      timeout: Duration.seconds(props.timeoutSeconds),
      memorySize: props.memoryMb ?? 256,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        TABLE: installation.store.table.tableName,
        INSTALLATION: installation.id,
        ...props.environment,
        // Node on Lambda does not load Amazon's authorities by itself (AWS Lambda guide, Node.js chapter).
        NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
      },
      ...(props.reservedConcurrency ? { reservedConcurrentExecutions: props.reservedConcurrency } : {}),
      ...(props.network
        ? {
            vpc: props.network.vpc,
            vpcSubnets: { subnets: props.network.subnets },
            securityGroups: props.network.securityGroups,
          }
        : {}),
    });
  }

  allow(actions: string[], resources: string[]): void {
    this.addToRolePolicy(new PolicyStatement({ actions, resources }));
  }

  /** Instances, clusters and their members. Describe calls know no narrower resource that also covers replicas made later. */
  allowDescribe(): void {
    this.allow(["rds:DescribeDBInstances", "rds:DescribeDBClusters"], ["*"]);
  }

  /** Names of roles, and the groups and tags that rules may ask for. */
  allowFindTraits(): void {
    this.allow(["iam:GetRole"], [iamArn(this, "role/*")]);
    this.allow(["iam:GetUser", "iam:ListGroupsForUser"], [iamArn(this, "user/*")]);
  }
}
