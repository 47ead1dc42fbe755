import { CfnOutput, Stack } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpIamAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { ManagedPolicy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import { acknowledgeStar } from "./acknowledge.ts";
import type { Installation } from "./dblease-function.ts";
import { Log } from "./log.ts";

const { GET, POST, PUT } = HttpMethod;

/** Every route, with who may call it by IAM; what a person may do inside a route the API itself decides. */
const routes: readonly { method: HttpMethod; path: string; who: readonly Caller[]; by?: "broker" }[] = [
  { method: POST, path: "/grants", who: ["Requester"] },
  { method: GET, path: "/grants", who: ["Requester", "Approver", "Auditor"] },
  { method: GET, path: "/grants/{id}", who: ["Requester", "Approver", "Auditor"] },
  { method: GET, path: "/drafts", who: ["Requester"] },
  { method: POST, path: "/grants/{id}/claim", who: ["Requester"] },
  { method: POST, path: "/grants/{id}/approve", who: ["Approver"] },
  { method: POST, path: "/grants/{id}/deny", who: ["Approver"] },
  { method: POST, path: "/grants/{id}/cancel", who: ["Requester"] },
  { method: POST, path: "/grants/{id}/revoke", who: ["Requester"] },
  { method: POST, path: "/grants/{id}/token", who: ["Requester"], by: "broker" },
  { method: POST, path: "/grants/{id}/extend", who: ["Requester", "Approver"] },
  { method: POST, path: "/grants/{id}/review", who: ["Approver"] },
  { method: PUT, path: "/grants/{id}/verifier", who: ["Requester"] },
  { method: POST, path: "/freezes", who: [] },
  { method: POST, path: "/freezes/lift", who: [] },
  { method: GET, path: "/policy/explain", who: ["Auditor"] },
  { method: GET, path: "/databases", who: ["Requester", "Approver", "Auditor"] },
  { method: GET, path: "/databases/{id}/plan", who: ["Requester", "Approver", "Auditor"] },
  { method: POST, path: "/databases/{id}/doctor", who: ["Auditor"] },
  { method: GET, path: "/databases/{id}/iam", who: ["Auditor"] },
  { method: POST, path: "/databases/{id}/enable-iam", who: [] },
  { method: POST, path: "/databases/{id}/prepare", who: [] },
  { method: POST, path: "/databases/{id}/accept", who: [] },
  { method: GET, path: "/audit/who", who: ["Auditor"] },
  { method: GET, path: "/audit/sessions", who: ["Auditor"] },
  { method: GET, path: "/audit/person", who: ["Auditor"] },
  { method: GET, path: "/audit/passwords", who: ["Auditor"] },
  { method: GET, path: "/audit/digests", who: ["Auditor"] },
  { method: GET, path: "/audit/recorded", who: ["Auditor"] },
  { method: GET, path: "/audit/grants/{id}", who: ["Auditor"] },
  { method: GET, path: "/audit/backfills", who: ["Auditor"] },
  { method: POST, path: "/audit/backfills", who: [] },
  { method: GET, path: "/findings", who: ["Auditor"] },
  { method: GET, path: "/inventory", who: ["Auditor"] },
  { method: POST, path: "/findings/acknowledge", who: [] },
  { method: POST, path: "/policy-scans", who: ["Auditor"] },
  { method: POST, path: "/reconciliations", who: [] },
  { method: GET, path: "/rotations", who: ["Auditor"] },
  { method: POST, path: "/rotations/{id}/rotate", who: [] },
  { method: POST, path: "/fleet-rotations", who: [] },
  { method: GET, path: "/fleet-rotations/{id}", who: [] },
];

/** Who called what and how it went; neither query nor body. */
const accessLog = AccessLogFormat.custom(
  JSON.stringify({
    requestId: "$context.requestId",
    time: "$context.requestTime",
    caller: "$context.identity.userArn",
    sourceIp: "$context.identity.sourceIp",
    route: "$context.routeKey",
    path: "$context.path",
    status: "$context.status",
    latencyMs: "$context.responseLatency",
    error: "$context.error.message",
  }),
);

const callers = ["Requester", "Approver", "Auditor", "Admin"] as const;
type Caller = (typeof callers)[number];

interface Functions {
  api: IFunction;
  /** Answers for tokens; absent where no database takes IAM logins. */
  broker: IFunction | undefined;
  /** Roles of persons, absent where no database is in policy mode; their trust says which is whose. */
  personRoles: string | undefined;
}

/** The HTTP API behind the IAM authorizer, a managed policy for each kind of caller, and the parameter by which the CLI finds it. */
export class HttpEndpoint extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { key }: Installation, functions: Functions) {
    super(scope, id);
    const api = new HttpApi(this, "Api", {
      defaultAuthorizer: new HttpIamAuthorizer(),
      createDefaultStage: false,
    });
    new HttpStage(this, "Stage", {
      httpApi: api,
      stageName: "$default",
      autoDeploy: true,
      // One caller's loop must not use up the account's quota.
      throttle: { rateLimit: 50, burstLimit: 100 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(new Log(this, "Log", key)),
        format: accessLog,
      },
    });
    const integration = new HttpLambdaIntegration("Handler", functions.api);
    const tokens = functions.broker && new HttpLambdaIntegration("Broker", functions.broker);
    const served = routes.filter((it) => it.by === undefined || tokens);
    for (const { method, path, by } of served) {
      api.addRoutes({ path, methods: [method], integration: (by && tokens) ?? integration });
    }
    this.url = api.apiEndpoint;
    const parameter = new StringParameter(this, "Parameter", {
      parameterName: "/dblease/api",
      stringValue: this.url,
    });
    for (const caller of callers) {
      const open = served.filter(({ who }) => caller === "Admin" || who.includes(caller));
      const resources = open.map(({ method, path }) =>
        api.arnForExecuteApi(method, path.replace("{id}", "*"), "$default"),
      );
      const policy = new ManagedPolicy(this, `${caller}Policy`, {
        // IAM is one for all regions of an account, an installation stands in one.
        managedPolicyName: `Dblease${caller}-${Stack.of(this).region}`,
        description: `dblease: what a ${caller.toLowerCase()} may call`,
        statements: [
          new PolicyStatement({
            actions: ["execute-api:Invoke"],
            resources,
          }),
          new PolicyStatement({ actions: ["ssm:GetParameter"], resources: [parameter.parameterArn] }),
        ],
      });
      if (functions.personRoles && (caller === "Requester" || caller === "Admin")) {
        const resources = [functions.personRoles];
        policy.addStatements(new PolicyStatement({ actions: ["sts:AssumeRole"], resources }));
        acknowledgeStar(policy, functions.personRoles, "Each of these roles lets its one person in.");
      }
      for (const it of resources.filter((it) => it.includes("*"))) {
        acknowledgeStar(
          policy,
          it,
          "The star is a grant or a database; whose it is, the API itself decides.",
        );
      }
      new CfnOutput(Stack.of(this), `${caller}PolicyArn`, { value: policy.managedPolicyArn });
    }
    new CfnOutput(Stack.of(this), "ApiUrl", { value: this.url });
  }
}
