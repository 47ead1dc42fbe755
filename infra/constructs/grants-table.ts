import { RemovalPolicy, Stack } from "aws-cdk-lib";
import {
  AttributeType,
  type CfnGlobalTable,
  ProjectionType,
  StreamViewType,
  TableV2,
} from "aws-cdk-lib/aws-dynamodb";
import { Effect, type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";

/** The one table. Grants are the audit, so it outlives the stack and can be set back to any second. */
export class GrantsTable extends Construct {
  readonly table: TableV2;
  private readonly key: IKey | undefined;

  constructor(scope: Construct, id: string, key?: IKey) {
    super(scope, id);
    this.key = key;
    const text = (name: string) => ({ name, type: AttributeType.STRING });
    this.table = new TableV2(this, "Table", {
      partitionKey: text("pk"),
      sortKey: text("sk"),
      dynamoStream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: "ttl",
      deletionProtection: true,
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
    if (key) this.encrypt(key);
  }

  /** TableV2 takes a key only in stacks whose region is known at synthesis. */
  private encrypt(key: IKey): void {
    const table = this.table.node.defaultChild as CfnGlobalTable;
    table.sseSpecification = { sseEnabled: true, sseType: "KMS" };
    table.addPropertyOverride("Replicas.0.SSESpecification", { KMSMasterKeyId: key.keyArn });
  }

  /** Strong reads of single items. */
  grantRead(to: IGrantable): void {
    this.allow(to, ["dynamodb:GetItem"], [this.table.tableArn]);
  }

  grantQuery(to: IGrantable): void {
    this.allow(
      to,
      ["dynamodb:Query"],
      [`${this.table.tableArn}/index/open`, `${this.table.tableArn}/index/requester`],
    );
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

  /** To answer an auditor's questions: what is kept for them, and the grants that it names. */
  grantAudit(to: IGrantable): void {
    this.grantQueryKeys(to, ["event#*", "held#*", "line#*", "session#*"]);
    this.grantBatchRead(to);
  }

  /** To compare what was recorded with what is there. */
  grantVerify(to: IGrantable): void {
    this.grantQueryKeys(to, ["record#*"]);
    this.allow(to, ["dynamodb:BatchGetItem"], [this.table.tableArn], ["audit#*", "event#*", "line#*"]);
  }

  /** Many grants at once. */
  grantBatchRead(to: IGrantable): void {
    this.allow(to, ["dynamodb:BatchGetItem"], [this.table.tableArn], ["grant#*"]);
  }

  /** To go through all grants, by an index that has nothing else in it. */
  grantScan(to: IGrantable): void {
    this.allow(to, ["dynamodb:Scan"], [`${this.table.tableArn}/index/requester`]);
  }

  /** Strong reads of single items under these leading keys. */
  grantReadKeys(to: IGrantable, leadingKeys: string[]): void {
    this.allow(to, ["dynamodb:GetItem"], [this.table.tableArn], leadingKeys);
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
    if (this.key) this.allowKey(to, this.key);
  }

  /** DynamoDB uses the key in the caller's name (KMS guide, "How Amazon DynamoDB uses AWS KMS"). */
  private allowKey(to: IGrantable, key: IKey): void {
    to.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [
          "kms:Decrypt",
          "kms:DescribeKey",
          "kms:Encrypt",
          "kms:GenerateDataKey",
          "kms:ReEncryptFrom",
          "kms:ReEncryptTo",
        ],
        resources: [key.keyArn],
        conditions: { StringEquals: { "kms:ViaService": `dynamodb.${Stack.of(this).region}.amazonaws.com` } },
      }),
    );
  }
}
