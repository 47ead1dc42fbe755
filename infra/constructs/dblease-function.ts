import { Duration } from "aws-cdk-lib";
import type { ISecurityGroup, ISubnet, IVpc } from "aws-cdk-lib/aws-ec2";
import { Code, Function as LambdaFunction, LoggingFormat, Runtime } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";

export interface Network {
  vpc: IVpc;
  subnets: ISubnet[];
  securityGroups: ISecurityGroup[];
}

export interface DbleaseFunctionProps {
  /** Folder of the bundle. */
  bundle: string;
  environment: Record<string, string>;
  timeoutSeconds: number;
  memoryMb?: number;
  /** Concurrency that no other function can take away. */
  reservedConcurrency?: number;
  /** Engine functions stand in the VPC, all others do not. */
  network?: Network | undefined;
}

/** One Lambda: its own role, its own log, Amazon's certificate authorities trusted. */
export class DbleaseFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: DbleaseFunctionProps) {
    super(scope, id, {
      runtime: Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: Code.fromAsset(props.bundle),
      timeout: Duration.seconds(props.timeoutSeconds),
      memorySize: props.memoryMb ?? 256,
      loggingFormat: LoggingFormat.JSON,
      environment: {
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
}
