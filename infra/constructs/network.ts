import type { ISecurityGroup, ISubnet, IVpc } from "aws-cdk-lib/aws-ec2";
import { SecurityGroup, Subnet, Vpc } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import type { Config } from "../../src/config.ts";

/** Where the engine functions stand. */
export class Network extends Construct {
  readonly vpc: IVpc;
  readonly subnets: ISubnet[];
  readonly securityGroups: ISecurityGroup[];

  constructor(scope: Construct, id: string, network: NonNullable<Config["network"]>) {
    super(scope, id);
    this.vpc = Vpc.fromVpcAttributes(this, "Vpc", {
      vpcId: network.vpc,
      availabilityZones: network.availabilityZones,
    });
    this.subnets = network.subnets.map((it) => Subnet.fromSubnetId(this, it, it));
    this.securityGroups = network.securityGroups.map((it) => SecurityGroup.fromSecurityGroupId(this, it, it));
  }
}
