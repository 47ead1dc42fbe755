/** The template that goes to AWS, read as a reviewer would: who may do what, and what nobody can take away. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { routes } from "../../src/api/routes.ts";
import { readConfig } from "../../src/config.ts";
import { scramSha256 } from "../../src/verifiers/scram-sha-256.ts";
import { everything, sampleTemplate } from "./sample-stack.ts";

const template = sampleTemplate();

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

describe("what no part may do, whatever else it may", () => {
  test("nobody deletes items or changes events; one function alone modifies RDS, and one writes policies of persons' roles", () => {
    const all = Object.values(template.findResources("AWS::IAM::Policy")).flatMap(
      (it) => it.Properties.PolicyDocument.Statement as Statement[],
    );
    const allowed = all.filter((it) => it.Effect === "Allow").flatMap((it) => it.Action);
    expect(
      allowed.filter((it) => /DeleteItem|rds:(?!Describe)|iam:(?!Get|List|Simulate)|\*/.test(it)),
    ).toEqual(["iam:PutRolePolicy", "iam:DeleteRolePolicy", "rds:ModifyDBInstance", "rds:ModifyDBCluster"]);
    for (const name of ["ApiFunction", "PostgresRevoke", "Sweep", "BeginGrant"]) {
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
          Match.objectLike({
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          }),
        ],
      }),
    });
  });

  test("a bad record is retried alone, and a stream that lags is an alarm (dangers 28)", () => {
    template.allResourcesProperties("AWS::Lambda::EventSourceMapping", {
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
    const audited = { Pattern: Match.stringLikeRegexp("audit#") };
    const ofStream = (archived: object[]) => ({
      BisectBatchOnFunctionError: true,
      FilterCriteria: { Filters: [{ Pattern: Match.stringLikeRegexp("event#") }, ...archived] },
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
      MaximumRecordAgeInSeconds: 6 * 3600,
    });
    // Two at most: more readers of one stream are throttled (DynamoDB Developer Guide, "Change data capture").
    const [publish, notify] = [ofStream([audited]), ofStream([])];
    template.resourcePropertiesCountIs("AWS::Lambda::EventSourceMapping", publish, 1);
    template.resourcePropertiesCountIs("AWS::Lambda::EventSourceMapping", notify, 1);
    template.resourceCountIs("AWS::Lambda::EventSourceMapping", 3);
  });

  test("every alarm goes to the one topic, begin and end, and says what it means and where to read on", () => {
    const topic = {
      Ref: Object.keys(template.findResources("AWS::SNS::Topic")).find((it) => /Operators/.test(it)),
    };
    const alarms = Object.entries(template.findResources("AWS::CloudWatch::Alarm"));
    const operations = readFileSync("docs/operations.md", "utf8");
    for (const [, { Properties: it }] of alarms) {
      expect([it.AlarmActions, it.OKActions]).toEqual([[topic], [topic]]);
      const [, section] = /docs\/operations\.md, (\w+)\.$/.exec(it.AlarmDescription) ?? [];
      expect(operations).toContain(`## ${section}\n`);
    }
    expect(alarms.map(([id]) => id.replace(/^Dblease/, "").replace(/[0-9A-F]{8}$/, "")).sort()).toEqual([
      "ArchiveDigestDigestFailed",
      "CollectorAuditQuarantined",
      "CollectorTokenSigningSeen",
      "CollectorUncollected",
      "DeadLettersUndelivered",
      "EventsNotifyStreamLag",
      "EventsPublishStreamLag",
      "IntakeRefusedEvents",
      "LogsLogsNotRead",
      "RotationOracleRotationFailed",
      "RotationPostgresRotationFailed",
      "SweepLateRevokes",
      "SweepRevokeFailed",
      "SweepSweeperSilent",
    ]);
  });

  test("silence of the sweeper is an alarm as well", () => {
    template.hasResourceProperties("AWS::CloudWatch::Alarm", {
      MetricName: "Sweeps",
      ComparisonOperator: "LessThanThreshold",
      TreatMissingData: "breaching",
    });
  });

  test("alarms may publish although the topic has a policy of its own", () => {
    template.hasResourceProperties("AWS::SNS::TopicPolicy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
          }),
        ]),
      },
    });
  });

  test("every log keeps a year and masks verifiers and keys", () => {
    template.allResourcesProperties("AWS::Logs::LogGroup", {
      RetentionInDays: 365,
      DataProtectionPolicy: {
        Statement: Match.arrayWith([Match.objectLike({ Operation: { Deidentify: { MaskConfig: {} } } })]),
      },
    });
    const [log] = Object.values(template.findResources("AWS::Logs::LogGroup"));
    const [custom] = log?.Properties.DataProtectionPolicy.Configuration.CustomDataIdentifier ?? [];
    const verifier = scramSha256("a password", randomBytes(16));
    expect(`stored ${verifier} in pg_authid`.replace(new RegExp(custom.Regex), "***")).toBe(
      "stored *** in pg_authid",
    );
  });

  test("the configuration is deleted before anything else, so that a refused destroy leaves all in place (dangers 15)", () => {
    const [configuration] = Object.values(template.findResources("Custom::DbleaseConfiguration"));
    const first = new Set<string>(configuration?.DependsOn);
    const kinds = [
      "Lambda::Function",
      "Lambda::Alias",
      "StepFunctions::StateMachine",
      "Events::Rule",
      "IAM::Policy",
    ];
    for (const kind of [
      ...kinds,
      "Lambda::EventSourceMapping",
      "ApiGatewayV2::Route",
      "DynamoDB::GlobalTable",
    ]) {
      const missing = Object.keys(template.findResources(`AWS::${kind}`)).filter((it) => !first.has(it));
      expect([kind, missing]).toEqual([kind, []]);
    }
  });

  test("only engine functions stand in the VPC", () => {
    const inside = Object.entries(template.findResources("AWS::Lambda::Function"))
      .filter(([, it]) => it.Properties.VpcConfig)
      .map(([id]) => id.replace(/[0-9A-F]{8}$/, ""));
    const ofEngine = (it: string) => [`Dblease${it}Admin`, `Dblease${it}Grant`, `Dblease${it}Revoke`];
    expect(inside.sort()).toEqual(
      [
        ...["Mariadb", "Mysql", "Oracle", "Postgres", "Sqlserver"].flatMap(ofEngine),
        "DbleaseRotationOracle",
        "DbleaseRotationPostgres",
      ].sort(),
    );
  });
});

describe("the API", () => {
  test("every route is behind the IAM authorizer, and the API knows each", () => {
    const found = Object.values(template.findResources("AWS::ApiGatewayV2::Route")).map(
      (it) => it.Properties,
    );
    expect(found.map((it) => it.AuthorizationType)).toEqual(found.map(() => "AWS_IAM"));
    expect(found.map((it) => it.RouteKey).sort()).toEqual(
      [...routes.map((it) => `${it.method} ${it.path}`), "POST /grants/{id}/token"].sort(),
    );
  });
});

describe("what a company's own account asks for", () => {
  const own = sampleTemplate(everything);

  test("a boundary on every role; on those of persons a narrower one", () => {
    const roles = Object.values(own.findResources("AWS::IAM::Role")).map((it) => it.Properties);
    const [ofPersons, others] = [true, false].map((is) =>
      roles.filter((it) => (it.Path === "/dblease/") === is),
    );
    expect(others?.length).toBeGreaterThan(20);
    for (const it of others ?? [])
      expect(it.PermissionsBoundary).toBe("arn:aws:iam::111122223333:policy/boundary");
    expect(ofPersons?.map((it) => it.RoleName)).toEqual(["rita", "ada"]);
    for (const it of ofPersons ?? []) expect(it.PermissionsBoundary.Ref).toMatch(/^DbleasePersonsBoundary/);
  });

  test("one key for table, logs, topics and queues, turned over every year", () => {
    const [id = ""] = Object.keys(own.findResources("AWS::KMS::Key")).filter((it) => /^DbleaseKey/.test(it));
    const arn = { "Fn::GetAtt": [id, "Arn"] };
    own.hasResourceProperties("AWS::KMS::Key", { EnableKeyRotation: true });
    own.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
      SSESpecification: { SSEEnabled: true, SSEType: "KMS" },
      Replicas: [Match.objectLike({ SSESpecification: { KMSMasterKeyId: arn } })],
    });
    own.allResourcesProperties("AWS::Logs::LogGroup", { KmsKeyId: arn });
    own.allResourcesProperties("AWS::SNS::Topic", { KmsMasterKeyId: arn });
    own.allResourcesProperties("AWS::SQS::Queue", { KmsMasterKeyId: arn });
  });

  test("every function that uses the table may use its key, through DynamoDB alone", () => {
    const policies = Object.values(own.findResources("AWS::IAM::Policy")).map(
      (it) => it.Properties.PolicyDocument.Statement as (Statement & { Condition?: unknown })[],
    );
    const users = policies.filter((it) =>
      it.some(({ Action }) => [Action].flat().includes("dynamodb:GetItem")),
    );
    expect(users.length).toBeGreaterThan(8);
    for (const statements of users) {
      const keys = statements.filter(({ Action }) => [Action].flat().includes("kms:DescribeKey"));
      expect(keys.map((it) => it.Condition)).toEqual([
        {
          StringEquals: {
            "kms:ViaService": { "Fn::Join": ["", ["dynamodb.", { Ref: "AWS::Region" }, ".amazonaws.com"]] },
          },
        },
      ]);
    }
  });

  test("the ways out to DynamoDB and Secrets Manager", () => {
    own.hasResourceProperties("AWS::EC2::VPCEndpoint", {
      VpcEndpointType: "Gateway",
      RouteTableIds: ["rtb-0123456789abcdef0"],
    });
    own.hasResourceProperties("AWS::EC2::VPCEndpoint", {
      VpcEndpointType: "Interface",
      PrivateDnsEnabled: true,
    });
    template.resourceCountIs("AWS::EC2::VPCEndpoint", 0);
  });
});

test("logical ids of what holds data, or is called by running grants, are fixed: another id would be another resource", () => {
  const kinds = ["DynamoDB::GlobalTable", "StepFunctions::StateMachine", "Lambda::Alias"];
  const ids = kinds.flatMap((it) => Object.keys(template.findResources(`AWS::${it}`)));
  expect(
    ids
      .filter((it) => /Table|GrantMachine|RevokeMachine|WorkflowsBegin|Settle|^DbleasePostgres/.test(it))
      .sort(),
  ).toMatchInlineSnapshot(`
    [
      "DbleaseGrantsTable4F549256",
      "DbleasePostgresAdminLive6201247D",
      "DbleasePostgresGrantLive19E610D2",
      "DbleasePostgresRevokeLive84B5B3A6",
      "DbleaseWorkflowsBeginGrantLive35BB1E84",
      "DbleaseWorkflowsBeginRevokeLive800C27DC",
      "DbleaseWorkflowsGrantMachineAE3020AE",
      "DbleaseWorkflowsRevokeMachine3946B989",
      "DbleaseWorkflowsSettleLive6886AAF6",
    ]
  `);
});

test("an engine has functions where a database needs them, and nowhere else", () => {
  const { orders } = everything.databases;
  const adminSecret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stock-admin-AbCdEf";
  const databases = { stock: { ...orders, engine: "mariadb", adminSecret } } as typeof everything.databases;
  const roles = Object.keys(sampleTemplate({ ...everything, databases }).findResources("AWS::IAM::Role"));
  const found = ["Postgres", "Mysql", "Mariadb"].filter((it) =>
    roles.some((id) => id.startsWith(`Dblease${it}Grant`)),
  );
  expect(found).toEqual(["Mariadb"]);
});

test("an installation for rotations alone has no function that grants, and one that may find an older password", () => {
  const alone = sampleTemplate(
    readConfig(
      `databases: { orders: { engine: mysql, instance: orders, database: orders } }
rotations: { app: { database: orders, secret: "arn:aws:secretsmanager:us-east-1:111122223333:secret:app-AbCdEf", user: app, schedule: rate(30 days) } }`,
      "dblease.yaml",
    ),
  );
  const names = Object.keys(alone.findResources("AWS::Lambda::Function")).join(" ");
  expect(names).toContain("RotationMysql");
  expect(names).not.toMatch(/MysqlGrant|MysqlAdmin/);
  const rights = JSON.stringify(alone.findResources("AWS::IAM::Policy"));
  expect(rights).toContain("secretsmanager:ListSecretVersionIds");
  // IAM takes no statement about nothing.
  expect(rights).not.toContain('"Resource":[]');
});
