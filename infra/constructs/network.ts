import { Stack, Validations } from "aws-cdk-lib";
import {
  CfnVPCEndpoint,
  type ISecurityGroup,
  type ISubnet,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  Subnet,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import type { FoundNetwork } from "../named-network.ts";

/** Addresses that a VPC may have (VPC User Guide, "VPC CIDR blocks"). */
const privateAddresses = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** Where the engine functions stand, and their ways out to DynamoDB and Secrets Manager where the deploy makes them. */
export class Network extends Construct {
  readonly vpc: IVpc;
  readonly subnets: ISubnet[];
  readonly securityGroups: ISecurityGroup[];
  private readonly network: FoundNetwork;

  constructor(scope: Construct, id: string, network: FoundNetwork) {
    super(scope, id);
    this.network = network;
    this.vpc = Vpc.fromVpcAttributes(this, "Vpc", {
      vpcId: network.vpc,
      // Nothing here asks for them.
      availabilityZones: Stack.of(this).availabilityZones,
    });
    this.subnets = network.subnets.map((it) => Subnet.fromSubnetId(this, it, it));
    Validations.of(this).acknowledge({
      id: "@aws-cdk/aws-ec2:noSubnetRouteTableId",
      reason: "Nothing here changes the routes of these subnets.",
    });
    this.securityGroups = network.securityGroups.map((it) => SecurityGroup.fromSecurityGroupId(this, it, it));
    const { dynamodb, secretsManager } = network.endpoints ?? {};
    if (dynamodb) this.createDynamodbEndpoint(dynamodb.routeTables);
    if (secretsManager) this.createSecretsManagerEndpoint();
  }

  private createDynamodbEndpoint(routeTables: string[]): void {
    new CfnVPCEndpoint(this, "DynamodbEndpoint", {
      vpcEndpointType: "Gateway",
      serviceName: `com.amazonaws.${Stack.of(this).region}.dynamodb`,
      vpcId: this.network.vpc,
      routeTableIds: routeTables,
    });
  }

  private createSecretsManagerEndpoint(): void {
    const group = new SecurityGroup(this, "EndpointGroup", {
      vpc: this.vpc,
      description: "dblease: the Secrets Manager endpoint",
      allowAllOutbound: false,
    });
    // With private DNS everybody in the VPC is sent to this endpoint, not only we.
    for (const it of privateAddresses) group.addIngressRule(Peer.ipv4(it), Port.tcp(443), "HTTPS");
    new CfnVPCEndpoint(this, "SecretsManagerEndpoint", {
      vpcEndpointType: "Interface",
      serviceName: `com.amazonaws.${Stack.of(this).region}.secretsmanager`,
      vpcId: this.network.vpc,
      subnetIds: this.network.subnets,
      securityGroupIds: [group.securityGroupId],
      privateDnsEnabled: true,
    });
  }
}
