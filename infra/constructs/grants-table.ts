import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, ProjectionType, StreamViewType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Effect, type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
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

  /**
   * Changes of grants, each with its event in one transaction. Events may be added, never changed or removed
   * (dangers 27). Whether IAM sees the keys of a transaction item by item or all together is not documented, so
   * the permission names both kinds of keys and the denial takes changes of events out again.
   */
  grantChange(to: IGrantable, moreKeys: string[] = []): void {
    const leadingKeys = ["grant#*", "event#*", ...moreKeys];
    this.allow(to, ["dynamodb:PutItem", "dynamodb:UpdateItem"], [this.table.tableArn], leadingKeys);
    to.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions: ["dynamodb:UpdateItem", "dynamodb:DeleteItem"],
        resources: [this.table.tableArn],
        conditions: {
          "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["event#*"] },
          Null: { "dynamodb:LeadingKeys": "false" },
        },
      }),
    );
  }

  /** To ask, alone and inside a transaction, what is frozen. */
  grantAskFrozen(to: IGrantable): void {
    this.allow(to, ["dynamodb:BatchGetItem"], [this.table.tableArn], ["freeze"]);
    this.allow(to, ["dynamodb:ConditionCheckItem"], [this.table.tableArn], ["grant#*", "event#*", "freeze"]);
  }

  /** Strong reads of all items under these leading keys. */
  grantQueryKeys(to: IGrantable, leadingKeys: string[]): void {
    this.allow(to, ["dynamodb:Query"], [this.table.tableArn], leadingKeys);
  }

  /** New items under these leading keys. */
  grantPut(to: IGrantable, leadingKeys: string[]): void {
    this.allow(to, ["dynamodb:PutItem"], [this.table.tableArn], leadingKeys);
  }

  /** Items under these leading keys, changed in place. */
  grantUpdate(to: IGrantable, leadingKeys: string[]): void {
    this.allow(to, ["dynamodb:UpdateItem"], [this.table.tableArn], leadingKeys);
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
