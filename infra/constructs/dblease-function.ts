import { join } from "node:path";
import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import type { MetricOptions } from "aws-cdk-lib/aws-cloudwatch";
import {
  Effect,
  type IGrantable,
  type IPrincipal,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Alias, Code, Function as LambdaFunction, LoggingFormat, Runtime } from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { acknowledgeStar } from "./acknowledge.ts";
import type { DeadLetters } from "./dead-letters.ts";
import type { GrantsTable } from "./grants-table.ts";
import { Log } from "./log.ts";
import type { Network } from "./network.ts";
import type { Operators } from "./operators.ts";

/** What all functions of one installation share. */
export interface Installation {
  /** Tells our users from those of another installation (dangers 13). */
  id: string;
  store: GrantsTable;
  operators: Operators;
  deadLetters: DeadLetters;
  /** Encrypts what is kept; absent: keys of AWS's own. */
  key?: IKey | undefined;
  /** The folder that holds `functions/<name>/`, the bundles, and `state-machines/`. */
  assets: string;
}

export interface DbleaseFunctionProps {
  /** Name of the file in functions/, without its ending. */
  file: string;
  timeoutSeconds: number;
  environment?: Record<string, string>;
  memoryMb?: number;
  /** Concurrency that no other function can take away. */
  reservedConcurrency?: number;
  /** Where an asynchronous call waits that failed three times. */
  onFailure?: IQueue;
  /** Engine functions stand in the VPC, all others do not. */
  network?: Network | undefined;
}

/** ARN of what stands in IAM under this path. */
export function iamArn(scope: Construct, path: string): string {
  return Stack.of(scope).formatArn({ service: "iam", region: "", resource: path });
}

/** What Lambda itself does with the role of a function in a VPC (Lambda guide, "Giving Lambda functions access to resources in an Amazon VPC"). */
const networkInterfaces = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:UnassignPrivateIpAddresses",
];

/** One Lambda: its own role with nothing but what is named, its own log, Amazon's certificate authorities trusted. */
export class DbleaseFunction extends Construct implements IGrantable {
  readonly role: Role;
  readonly grantPrincipal: IPrincipal;
  /**
   * What everybody calls, running grants included. An upgrade moves it to the new code together with its settings,
   * in one step, and the code before it stays for the way back.
   */
  readonly live: Alias;
  private readonly latest: LambdaFunction;

  constructor(scope: Construct, id: string, installation: Installation, props: DbleaseFunctionProps) {
    super(scope, id);
    this.role = new Role(this, "ServiceRole", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.grantPrincipal = this.role;
    const logGroup = new Log(this, "Log", installation.key);
    logGroup.grantWrite(this.role);
    this.latest = new LambdaFunction(this, "Default", {
      role: this.role,
      logGroup,
      runtime: Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: Code.fromAsset(join(installation.assets, "functions", props.file)),
      timeout: Duration.seconds(props.timeoutSeconds),
      memorySize: props.memoryMb ?? 256,
      loggingFormat: LoggingFormat.JSON,
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
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
    this.live = new Alias(this, "Live", { aliasName: "live", version: this.latest.currentVersion });
    if (props.onFailure) this.live.configureAsyncInvoke({ onFailure: new SqsDestination(props.onFailure) });
    if (props.network) this.allowNetworkInterfaces();
  }

  /** The interfaces are Lambda's to make and remove; code of ours that calls EC2 is refused. */
  private allowNetworkInterfaces(): void {
    this.allow(
      networkInterfaces,
      ["*"],
      "Lambda's own calls for a function in a VPC know no narrower resource.",
    );
    this.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions: networkInterfaces,
        resources: ["*"],
        // Set on calls that come from a function's code, and only on those (Lambda guide, "Working with Lambda execution environment credentials").
        conditions: { Null: { "lambda:SourceFunctionArn": "false" } },
      }),
    );
  }

  /** @param because of resources with a star in them. */
  allow(actions: string[], resources: string[], because = ""): void {
    for (const it of resources.filter((it) => it.includes("*"))) acknowledgeStar(this, it, because);
    this.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
  }

  /** Lets somebody call this function by its alias, and no other way. */
  grantInvoke(to: IGrantable): void {
    to.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [this.live.functionArn] }),
    );
  }

  /** As CloudWatch counts its calls, by whatever alias. */
  get functionName(): string {
    return this.latest.functionName;
  }

  addEnvironment(name: string, value: string): void {
    this.latest.addEnvironment(name, value);
  }

  metric(name: string, options: MetricOptions) {
    return this.latest.metric(name, options);
  }

  /** Instances, clusters and their members. */
  allowDescribe(): void {
    const because = "Describe calls know no narrower resource that also covers replicas made later.";
    this.allow(["rds:DescribeDBInstances", "rds:DescribeDBClusters"], ["*"], because);
  }

  /** Which proxy stands under a name. */
  allowFindProxy(): void {
    const because = "A proxy that was made anew under its name, with another ARN, must be seen, too.";
    this.allow(["rds:DescribeDBProxies"], ["*"], because);
  }

  /** The same, and where it leads. */
  allowResolveProxy(): void {
    this.allowFindProxy();
    this.allow(["rds:DescribeDBProxyTargets"], ["*"], "The targets of such a proxy have other ARNs, too.");
  }

  /** Names of roles, and the groups and tags that rules may ask for. */
  allowFindTraits(): void {
    const because = "Anybody of the account may ask for access; these calls only read who it is.";
    this.allow(["iam:GetRole"], [iamArn(this, "role/*")], because);
    this.allow(["iam:GetUser", "iam:ListGroupsForUser"], [iamArn(this, "user/*")], because);
  }
}
