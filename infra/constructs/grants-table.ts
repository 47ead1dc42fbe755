import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, ProjectionType, StreamViewType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** The one table. Grants are the audit, so it outlives the stack and can be set back to any second. */
export class GrantsTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const text = (name: string) => ({ name, type: AttributeType.STRING });
    this.table = new TableV2(this, "Table", {
      partitionKey: text("pk"),
      sortKey: text("sk"),
      dynamoStream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: "ttl",
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
      globalSecondaryIndexes: [
        {
          indexName: "open",
          partitionKey: text("open"),
          sortKey: text("dueAt"),
          projectionType: ProjectionType.ALL,
        },
        {
          indexName: "requester",
          partitionKey: text("requesterId"),
          sortKey: text("requestedAt"),
          projectionType: ProjectionType.ALL,
        },
      ],
    });
  }

  /** Strong reads of single items. */
  grantRead(to: IGrantable): void {
    this.allow(to, ["dynamodb:GetItem"], [this.table.tableArn]);
  }

  grantQuery(to: IGrantable): void {
    this.allow(to, ["dynamodb:Query"], [`${this.table.tableArn}/index/*`]);
  }

  /** Changes of grants, each with its event. Events may be added, never changed or removed (dangers 27). */
  grantChange(to: IGrantable): void {
    this.allow(to, ["dynamodb:UpdateItem"], [this.table.tableArn], ["grant#*"]);
    this.grantPut(to, ["event#*"]);
  }

  /** New items under these leading keys. */
  grantPut(to: IGrantable, leadingKeys: string[]): void {
    this.allow(to, ["dynamodb:PutItem"], [this.table.tableArn], leadingKeys);
  }

  private allow(to: IGrantable, actions: string[], resources: string[], leadingKeys?: string[]): void {
    to.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions,
        resources,
        ...(leadingKeys
          ? { conditions: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": leadingKeys } } }
          : {}),
      }),
    );
  }
}
