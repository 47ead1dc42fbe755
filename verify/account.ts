import { CloudFormationClient, paginateListStackResources } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";

/** The account that the stack stands in, seen by somebody who may read it all. */
export interface Account {
  apiUrl(): Promise<string>;
  /** Versions of the events of one grant, as the table has them. */
  eventVersions(grantId: string): Promise<number[]>;
  /** Asks IAM's own simulator. @throws if it would let a function change or remove an event, or read a foreign secret. */
  refusedToFunctions(): Promise<string>;
}

/** Calls that no role of the stack may make; an event's leading key is what IAM would see. */
function forbidden(table: string) {
  const event = [
    {
      ContextKeyName: "dynamodb:LeadingKeys",
      ContextKeyType: "stringList" as const,
      ContextKeyValues: ["event#x"],
    },
  ];
  return [
    { action: "dynamodb:UpdateItem", resource: table, context: event },
    { action: "dynamodb:DeleteItem", resource: table, context: event },
    { action: "dynamodb:DeleteTable", resource: table, context: [] },
    { action: "iam:PutRolePolicy", resource: "*", context: [] },
    {
      action: "secretsmanager:PutSecretValue",
      resource: "arn:aws:secretsmanager:*:*:secret:other",
      context: [],
    },
  ] as const;
}

/** As whom the environment says, who may read the stack, the table and IAM. */
export function openAccount(stackName: string): Account {
  let known: Promise<Map<string, string>> | undefined;
  const resources = () => {
    known ??= listResources(new CloudFormationClient({}), stackName);
    return known;
  };
  const one = async (type: string) => {
    const [found] = [...(await resources())].filter(([, it]) => it === type);
    if (!found) throw new Error(`stack ${stackName} has no ${type}`);
    return found[0];
  };

  return {
    async apiUrl() {
      const found = await new SSMClient({}).send(new GetParameterCommand({ Name: "/dblease/api" }));
      return `${found.Parameter?.Value}`;
    },
    async eventVersions(grantId) {
      const found = await new DynamoDBClient({}).send(
        new QueryCommand({
          TableName: await one("AWS::DynamoDB::GlobalTable"),
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": { S: `event#${grantId}` } },
          ConsistentRead: true,
        }),
      );
      const numbered = (found.Items ?? []).filter((it) => /^\d+$/.test(`${it.sk?.S}`));
      return numbered.map((it) => Number(it.sk?.S));
    },
    async refusedToFunctions() {
      const iam = new IAMClient({});
      const table = `arn:aws:dynamodb:*:*:table/${await one("AWS::DynamoDB::GlobalTable")}`;
      const roles = [...(await resources())]
        .filter(([, type]) => type === "AWS::IAM::Role")
        .map(([name]) => name);
      let asked = 0;
      for (const RoleName of roles) {
        const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
        for (const { action, resource, context } of forbidden(table)) {
          const answer = await iam.send(
            new SimulatePrincipalPolicyCommand({
              PolicySourceArn: Role?.Arn,
              ActionNames: [action],
              ResourceArns: [resource],
              ContextEntries: [...context],
            }),
          );
          asked++;
          if (answer.EvaluationResults?.[0]?.EvalDecision === "allowed")
            throw new Error(`${RoleName} may ${action}`);
        }
      }
      return `${asked} questions about ${roles.length} roles, none allowed`;
    },
  };
}

/** Type of each resource of the stack, by its physical id. */
async function listResources(client: CloudFormationClient, StackName: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const page of paginateListStackResources({ client }, { StackName })) {
    for (const it of page.StackResourceSummaries ?? [])
      found.set(`${it.PhysicalResourceId}`, `${it.ResourceType}`);
  }
  return found;
}
