/** The template that goes to AWS, read as a reviewer would: who may do what, and what nobody can take away. */
import { App, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { Dblease } from "../../infra/dblease.ts";
import { routes } from "../../src/api/routes.ts";
import { sampleConfig } from "../sample-config.ts";

const secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-admin-AbCdEf";
const network = {
  vpc: "vpc-0123456789abcdef0",
  availabilityZones: ["eu-west-1a"],
  subnets: ["subnet-0123456789abcdef0"],
  securityGroups: ["sg-0123456789abcdef0"],
};

function synthesize(): Template {
  const databases = { orders: { ...sampleConfig.databases.orders, adminSecret: secret } };
  const stack = new Stack(new App(), "Dblease");
  // Bundles do not matter here; any folder stands for them.
  new Dblease(stack, "Dblease", {
    config: {
      ...sampleConfig,
      network,
      databases,
      services: { nightly: { role: "arn:aws:iam::111122223333:role/nightly" } },
      events: [{ source: "acme.jobs", services: ["nightly"] }],
    } as typeof sampleConfig,
    bundleOf: () => import.meta.dirname,
  });
  return Template.fromStack(stack);
}

const template = synthesize();

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
}

/** Statements of the role of one function or state machine, by its name, in whichever construct it stands. */
function statementsOf(name: string): Statement[] {
  return Object.entries(template.findResources("AWS::IAM::Policy"))
    .filter(([id]) => new RegExp(`^Dblease([A-Z][a-z]+)?${name}(ServiceRole|RoleDefault)`).test(id))
    .flatMap(([, it]) => it.Properties.PolicyDocument.Statement);
}

function actionsOf(name: string): string[] {
  const allowed = statementsOf(name).filter((it) => it.Effect === "Allow");
  return [...new Set(allowed.flatMap((it) => it.Action))].sort();
}

const table = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
const stream = [
  "dynamodb:DescribeStream",
  "dynamodb:GetRecords",
  "dynamodb:GetShardIterator",
  "dynamodb:ListStreams",
];

describe("what each part may do, and nothing else", () => {
  test.each([
    [
      "BeginGrant",
      [
        ...table,
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "iam:GetRole",
        "iam:GetUser",
        "iam:ListGroupsForUser",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
      ],
    ],
    ["BeginRevoke", [...table, "rds:DescribeDBClusters", "rds:DescribeDBInstances"]],
    ["Settle", table],
    [
      "Reconcile",
      [
        ...table,
        "dynamodb:Query",
        "lambda:InvokeFunction",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
      ],
    ],
    ["Publish", [...stream, "events:PutEvents"]],
    ["Notify", [...stream, "sns:Publish"]],
    [
      "PostgresGrant",
      [
        ...table,
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "secretsmanager:CreateSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutResourcePolicy",
        "secretsmanager:PutSecretValue",
      ],
    ],
    [
      "IntakeFunction",
      [
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:SendMessage",
        "states:StartExecution",
      ],
    ],
    ["PostgresRevoke", [...table, "secretsmanager:DeleteSecret", "secretsmanager:GetSecretValue"]],
    ["PostgresAdmin", ["secretsmanager:GetSecretValue"]],
    [
      "Sweep",
      [
        ...table,
        "dynamodb:Query",
        "lambda:InvokeFunction",
        "states:SendTaskSuccess",
        "states:StartExecution",
      ],
    ],
    [
      "ApiFunction",
      [
        ...table,
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:Query",
        "iam:GetRole",
        "iam:GetUser",
        "iam:ListGroupsForUser",
        "lambda:InvokeFunction",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
        "states:SendTaskSuccess",
        "states:StartExecution",
      ],
    ],
    [
      "Configure",
      [
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "iam:GetUser",
        "lambda:InvokeFunction",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
      ],
    ],
  ])("%s", (name, actions) => {
    // The VPC's network interfaces come with a managed policy of AWS.
    expect(actionsOf(name)).toEqual([...actions].sort());
  });

  test("nobody deletes items, changes events or writes IAM, and one function alone modifies RDS", () => {
    const all = Object.values(template.findResources("AWS::IAM::Policy")).flatMap(
      (it) => it.Properties.PolicyDocument.Statement as Statement[],
    );
    const allowed = all.filter((it) => it.Effect === "Allow").flatMap((it) => it.Action);
    const modifies = ["rds:ModifyDBInstance", "rds:ModifyDBCluster"];
    expect(allowed.filter((it) => /DeleteItem|rds:(?!Describe)|iam:(?!Get|List)|\*/.test(it))).toEqual(
      modifies,
    );
    expect(actionsOf("ApiEnableIam")).toEqual(expect.arrayContaining(modifies));
    for (const name of ["ApiFunction", "PostgresRevoke", "Sweep", "GrantMachine"]) {
      expect(statementsOf(name)).toContainEqual(
        expect.objectContaining({
          Effect: "Deny",
          Action: ["dynamodb:UpdateItem", "dynamodb:DeleteItem"],
          Condition: expect.objectContaining({
            "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["event#*"] },
          }),
        }),
      );
    }
  });

  test("engine functions read the secrets of the configuration and no other", () => {
    for (const name of ["PostgresGrant", "PostgresRevoke", "PostgresAdmin"]) {
      const reads = statementsOf(name).filter((it) => it.Action === "secretsmanager:GetSecretValue");
      expect(reads.map((it) => it.Resource)).toEqual([secret]);
    }
  });
});

describe("what must hold when others are busy or gone", () => {
  test("revokers have concurrency of their own (dangers 25)", () => {
    for (const name of ["BeginRevoke", "PostgresRevoke", "Settle", "Sweep"]) {
      const found = Object.entries(template.findResources("AWS::Lambda::Function")).filter(([id]) =>
        new RegExp(`^Dblease([A-Z][a-z]+)?${name}[0-9A-F]{8}$`).test(id),
      );
      expect(found.map(([, it]) => it.Properties.ReservedConcurrentExecutions > 0)).toEqual([true]);
    }
  });

  test("the sweeper comes every minute", () => {
    template.hasResourceProperties("AWS::Events::Rule", { ScheduleExpression: "rate(1 minute)" });
  });

  test("the table outlives the stack and can be set back", () => {
    template.hasResource("AWS::DynamoDB::GlobalTable", {
      DeletionPolicy: "Retain",
      Properties: Match.objectLike({
        Replicas: [
          Match.objectLike({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }),
        ],
      }),
    });
  });

  test("a bad record is retried alone, and a stream that lags is an alarm (dangers 28)", () => {
    template.allResourcesProperties("AWS::Lambda::EventSourceMapping", {
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      FilterCriteria: { Filters: [{ Pattern: Match.stringLikeRegexp("event#") }] },
    });
    template.hasResourceProperties("AWS::CloudWatch::Alarm", { MetricName: "IteratorAge" });
  });

  test("only engine functions stand in the VPC", () => {
    const inside = Object.entries(template.findResources("AWS::Lambda::Function"))
      .filter(([, it]) => it.Properties.VpcConfig)
      .map(([id]) => id.replace(/[0-9A-F]{8}$/, ""));
    expect(inside.sort()).toEqual(["DbleasePostgresAdmin", "DbleasePostgresGrant", "DbleasePostgresRevoke"]);
  });
});

describe("the API", () => {
  test("every route is behind the IAM authorizer, and the API knows each", () => {
    const found = Object.values(template.findResources("AWS::ApiGatewayV2::Route")).map(
      (it) => it.Properties,
    );
    expect(found.map((it) => it.AuthorizationType)).toEqual(found.map(() => "AWS_IAM"));
    expect(found.map((it) => it.RouteKey).sort()).toEqual(
      routes.map((it) => `${it.method} ${it.path}`).sort(),
    );
  });
});

test("logical ids of what holds data are fixed: another id would mean another table", () => {
  expect(Object.keys(template.findResources("AWS::DynamoDB::GlobalTable"))).toEqual([
    "DbleaseGrantsTable4F549256",
  ]);
});
