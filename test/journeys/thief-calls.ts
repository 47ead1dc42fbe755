import { CloudFormationClient, DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import { DeleteTableCommand, DynamoDBClient, ExecuteStatementCommand } from "@aws-sdk/client-dynamodb";
import { DescribeNetworkInterfacesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DisableRuleCommand, EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import * as iam from "@aws-sdk/client-iam";
import { InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import * as rds from "@aws-sdk/client-rds";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import * as secrets from "@aws-sdk/client-secrets-manager";
import * as sfn from "@aws-sdk/client-sfn";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { AwsAccess } from "../../local-stack/aws-access.ts";
import type { GivenStack } from "./given-stack.ts";

/** Every function, as the stack calls it. */
export const functions = {
  api: "ApiFunction",
  backfill: "BackfillFunction",
  beginGrant: "BeginGrant",
  beginRotation: "FleetBegin",
  beginRevoke: "BeginRevoke",
  broker: "Broker",
  collect: "CollectorFunction",
  collectLog: "Logs",
  configure: "Configure",
  digest: "ArchiveDigest",
  enableIam: "EnableIam",
  endGrace: "RotationGrace",
  intake: "IntakeFunction",
  notify: "Notify",
  admin: "PostgresAdmin",
  grant: "PostgresGrant",
  revoke: "PostgresRevoke",
  publish: "Publish",
  policyScan: "PolicyScan",
  reconcile: "Reconcile",
  rotate: "RotationPostgres",
  sampleSessions: "Sampler",
  settle: "Settle",
  sweep: "Sweep",
  watchUsers: "UserWatch",
} as const;

export type Name = keyof typeof functions;

/** One call of AWS by the credentials of one role. Nothing in it does lasting harm, should it be let through. */
type Call = (access: AwsAccess) => Promise<unknown>;

const clients = {
  table: (access: AwsAccess) => DynamoDBDocumentClient.from(new DynamoDBClient(access)),
  dynamodb: (access: AwsAccess) => new DynamoDBClient(access),
  secrets: (access: AwsAccess) => new secrets.SecretsManagerClient(access),
  iam: (access: AwsAccess) => new iam.IAMClient(access),
  sts: (access: AwsAccess) => new STSClient(access),
  rds: (access: AwsAccess) => new rds.RDSClient(access),
  lambda: (access: AwsAccess) => new LambdaClient(access),
  s3: (access: AwsAccess) => new S3Client({ ...access, forcePathStyle: true }),
  states: (access: AwsAccess) => new sfn.SFNClient(access),
  events: (access: AwsAccess) => new EventBridgeClient(access),
  sns: (access: AwsAccess) => new SNSClient(access),
  sqs: (access: AwsAccess) => new SQSClient(access),
  ssm: (access: AwsAccess) => new SSMClient(access),
  ec2: (access: AwsAccess) => new EC2Client(access),
  cloudformation: (access: AwsAccess) => new CloudFormationClient(access),
};

function by(client: keyof typeof clients, command: object): Call {
  return (access) => (clients[client](access) as { send: (it: object) => Promise<unknown> }).send(command);
}

/** What stands in the account besides the stack. */
export interface Loot {
  adminSecret: string;
  applicationSecret: string;
  otherSecret: string;
  connectRole: string;
}

const never = { ConditionExpression: "attribute_exists(nothingHasThis)" };
const taken = {
  UpdateExpression: "SET taken = :t",
  ExpressionAttributeValues: { ":t": "by a thief" },
  ...never,
};

const changers: Name[] = [
  "api",
  "beginGrant",
  "beginRevoke",
  "grant",
  "revoke",
  "reconcile",
  "settle",
  "sweep",
];
const everything = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

/** What is tried, and who alone is let through. */
export function thiefCalls(
  given: GivenStack,
  { adminSecret, applicationSecret, otherSecret, connectRole }: Loot,
): readonly (readonly [string, Call, readonly Name[]])[] {
  const TableName = given.table.name;
  const Bucket = given.resource("ArchiveBucket");
  const RoleName = given.resource("PostgresRevokeServiceRole");
  const Key = (pk: string) => ({ pk, sk: "x" });
  const put = (pk: string) => by("table", new PutCommand({ TableName, Item: Key(pk), ...never }));
  const update = (pk: string) => by("table", new UpdateCommand({ TableName, Key: Key(pk), ...taken }));
  const remove = (pk: string) => by("table", new DeleteCommand({ TableName, Key: Key(pk), ...never }));
  const query = (pk: string, IndexName?: string) =>
    by(
      "table",
      new QueryCommand({
        TableName,
        IndexName,
        KeyConditionExpression: "#k = :k",
        ExpressionAttributeNames: { "#k": IndexName ?? "pk" },
        ExpressionAttributeValues: { ":k": pk },
      }),
    );
  const partiql = `UPDATE "${TableName}" SET taken=1 WHERE pk='event#x' AND sk='x'`;
  const invoke = (name: Name, qualifier = ":live") =>
    by(
      "lambda",
      new InvokeCommand({ FunctionName: given.resource(functions[name]) + qualifier, Payload: '"a thief"' }),
    );
  const start = (machine: string) =>
    by(
      "states",
      new sfn.StartExecutionCommand({
        stateMachineArn: given.resource(machine),
        input: '{"grantId":"000000000000"}',
      }),
    );
  const execution = `${given.resource("GrantMachine").replace(":stateMachine:", ":execution:")}:x`;
  const tell = (EventBusName: string, Source: string) =>
    by(
      "events",
      new PutEventsCommand({ Entries: [{ EventBusName, Source, DetailType: "x", Detail: "{}" }] }),
    );
  const server = { DBInstanceIdentifier: "orders" };
  const QueueUrl = given.resource("DeadLetters");
  return [
    [
      "read a row",
      by("table", new GetCommand({ TableName, Key: Key("grant#x") })),
      [...changers, "broker", "collectLog", "configure", "intake", "rotate", "sampleSessions"],
    ],
    ["read all of the table", by("table", new ScanCommand({ TableName })), []],
    [
      "read who has which access",
      query("open", "open"),
      ["api", "configure", "intake", "policyScan", "reconcile", "sampleSessions", "sweep"],
    ],
    ["read the events of a grant", query("event#x"), ["api", "backfill"]],
    ["read the audit", query("line#x"), ["api"]],
    ["add to the audit", put("line#x"), ["backfill", "collect", "collectLog", "publish"]],
    ["add a session", put("session#x"), ["collectLog", "sampleSessions"]],
    ["change the audit", update("line#x"), []],
    ["remove from the audit", remove("line#x"), []],
    ["read the findings", query("finding"), ["api", "collectLog", "policyScan", "reconcile", "sweep"]],
    [
      "read the rotations",
      query("rotation"),
      ["api", "backfill", "beginRotation", "configure", "endGrace", "reconcile"],
    ],
    ["read the drafts", query("draft"), ["api"]],
    ["write a grant", put("grant#x"), [...changers, "broker", "intake"]],
    ["change a grant", update("grant#x"), [...changers, "broker"]],
    ["add an event", put("event#x"), [...changers, "broker", "intake"]],
    ["add an event of a rotation", put("event#rotation#x"), [...changers, "broker", "intake", "rotate"]],
    ["write a rotation", put("rotation"), ["configure", "rotate"]],
    ["change an event", update("event#x"), []],
    ["change an event by PartiQL", by("dynamodb", new ExecuteStatementCommand({ Statement: partiql })), []],
    ["remove an event", remove("event#x"), []],
    ["remove a grant", remove("grant#x"), []],
    ["write a configuration", put("config"), ["configure"]],
    ["change a configuration", update("config"), []],
    ["freeze or lift", update("freeze"), ["api", "beginGrant"]],
    ["write a finding", put("finding"), ["api", "collectLog", "policyScan", "reconcile", "sweep"]],
    ["accept a server", update("database"), ["api", "configure", "reconcile"]],
    ["write a draft", put("draft"), ["api", "intake"]],
    ["add an event of the audit", put("audit#x"), ["backfill", "collect", "collectLog", "publish"]],
    ["change an event of the audit", update("audit#x"), []],
    ["remove an event of the audit", remove("audit#x"), []],
    ["add to a day's record", put("record#x"), ["publish"]],
    ["read a day's record", query("record#x"), ["api", "digest"]],
    ["change a day's record", update("record#x"), []],
    [
      "write a digest",
      by("s3", new PutObjectCommand({ Bucket, Key: "digests/2026-11-24.json", IfMatch: '"never"' })),
      ["digest"],
    ],
    ["read the archive", by("s3", new GetObjectCommand({ Bucket, Key: "events/x" })), []],
    ["delete the table", by("dynamodb", new DeleteTableCommand({ TableName })), []],

    [
      "read the admin secret",
      by("secrets", new secrets.GetSecretValueCommand({ SecretId: adminSecret })),
      ["admin", "grant", "revoke", "rotate"],
    ],
    [
      "read an application's secret",
      by("secrets", new secrets.GetSecretValueCommand({ SecretId: applicationSecret })),
      ["rotate"],
    ],
    [
      "change an application's secret",
      by(
        "secrets",
        new secrets.UpdateSecretVersionStageCommand({ SecretId: applicationSecret, VersionStage: "THIEF" }),
      ),
      ["api", "beginRotation", "rotate"],
    ],
    [
      "have it rotated",
      by(
        "secrets",
        new secrets.RotateSecretCommand({ SecretId: applicationSecret, RotateImmediately: false }),
      ),
      ["api", "beginRotation"],
    ],
    ["read another secret", by("secrets", new secrets.GetSecretValueCommand({ SecretId: otherSecret })), []],
    [
      "change the admin secret",
      by("secrets", new secrets.PutSecretValueCommand({ SecretId: adminSecret, SecretString: "{}" })),
      [],
    ],
    [
      "make a secret of another name",
      by("secrets", new secrets.CreateSecretCommand({ Name: "payroll/second", SecretString: "x" })),
      [],
    ],
    ["delete another secret", by("secrets", new secrets.DeleteSecretCommand({ SecretId: otherSecret })), []],

    [
      "look up a role",
      by("iam", new iam.GetRoleCommand({ RoleName })),
      ["api", "beginGrant", "broker", "policyScan"],
    ],
    [
      "look up a user",
      by("iam", new iam.GetUserCommand({ UserName: "requester" })),
      ["api", "beginGrant", "broker", "configure", "policyScan"],
    ],
    [
      "give a role all rights",
      by("iam", new iam.PutRolePolicyCommand({ RoleName, PolicyName: "all", PolicyDocument: everything })),
      [],
    ],
    [
      "open a role to everybody",
      by("iam", new iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: everything })),
      [],
    ],
    [
      "give a user a policy",
      by(
        "iam",
        new iam.AttachUserPolicyCommand({
          UserName: "requester",
          PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
        }),
      ),
      [],
    ],
    ["make a key for a user", by("iam", new iam.CreateAccessKeyCommand({ UserName: "admin" })), []],
    [
      "take the connect role",
      by(
        "sts",
        new AssumeRoleCommand({
          RoleArn: connectRole,
          RoleSessionName: "000000000000",
          SourceIdentity: "rita",
        }),
      ),
      ["broker"],
    ],

    [
      "describe servers",
      by("rds", new rds.DescribeDBInstancesCommand({})),
      [
        "api",
        "beginGrant",
        "beginRevoke",
        "broker",
        "configure",
        "enableIam",
        "intake",
        "reconcile",
        "sweep",
      ],
    ],
    [
      "change a server",
      by("rds", new rds.ModifyDBInstanceCommand({ ...server, EnableIAMDatabaseAuthentication: true })),
      ["enableIam"],
    ],
    [
      "delete a server",
      by("rds", new rds.DeleteDBInstanceCommand({ ...server, SkipFinalSnapshot: true })),
      [],
    ],

    ["call the revoke function", invoke("revoke"), ["reconcile", "sweep"]],
    ["call it past its alias", invoke("revoke", ""), []],
    ["call the grant function", invoke("grant"), []],
    ["call the admin function", invoke("admin"), ["api", "configure", "reconcile", "sampleSessions"]],
    ["call what changes servers", invoke("enableIam"), ["api"]],
    ["call what writes configurations", invoke("configure"), []],
    ["call the rotation function", invoke("rotate"), ["api", "beginRotation", "endGrace"]],
    [
      "change a function",
      by(
        "lambda",
        new UpdateFunctionConfigurationCommand({
          FunctionName: given.resource("PostgresRevoke"),
          Timeout: 1,
        }),
      ),
      [],
    ],

    ["start a grant", start("GrantMachine"), ["api", "intake", "sweep"]],
    ["start a revoke", start("RevokeMachine"), ["api", "sweep"]],
    ["start a reconciliation", start("ReconcileMachine"), ["api", "watchUsers"]],
    ["rotate all passwords", start("FleetMachine"), ["api"]],
    ["stop a workflow", by("states", new sfn.StopExecutionCommand({ executionArn: execution })), []],
    [
      "wake a workflow",
      by("states", new sfn.SendTaskSuccessCommand({ taskToken: "x", output: "{}" })),
      ["api", "sweep"],
    ],

    ["tell the bus", tell("dblease", "dblease"), ["publish"]],
    ["ask on the intake bus", tell("dblease-intake", "acme.jobs"), []],
    ["stop the sweeper", by("events", new DisableRuleCommand({ Name: given.resource("SweepRule") })), []],
    [
      "tell approvers",
      by("sns", new PublishCommand({ TopicArn: given.resource("Approvers"), Message: "x" })),
      ["notify"],
    ],
    [
      "put a dead letter",
      by("sqs", new SendMessageCommand({ QueueUrl, MessageBody: "x" })),
      ["collectLog", "notify", "policyScan", "publish", "revoke", "watchUsers"],
    ],
    ["read dead letters", by("sqs", new ReceiveMessageCommand({ QueueUrl })), []],
    [
      "send the CLI elsewhere",
      by(
        "ssm",
        new PutParameterCommand({ Name: "/dblease/api", Value: "https://thief.example", Overwrite: true }),
      ),
      [],
    ],
    ["look at the network", by("ec2", new DescribeNetworkInterfacesCommand({})), []],
    ["delete the stack", by("cloudformation", new DeleteStackCommand({ StackName: "Dblease" })), []],
  ];
}
