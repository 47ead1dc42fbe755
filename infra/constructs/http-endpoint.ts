import { CfnOutput, Stack } from "aws-cdk-lib";
import { HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpIamAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { ManagedPolicy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";

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
  { method: GET, path: "/findings", who: ["Auditor"] },
  { method: POST, path: "/reconciliations", who: [] },
];

const callers = ["Requester", "Approver", "Auditor", "Admin"] as const;
type Caller = (typeof callers)[number];

/** The HTTP API behind the IAM authorizer, a managed policy for each kind of caller, and the parameter by which the CLI finds it. */
export class HttpEndpoint extends Construct {
  readonly url: string;

  /** @param broker answers for tokens; absent where no database takes IAM logins. */
  constructor(scope: Construct, id: string, handler: IFunction, broker: IFunction | undefined) {
    super(scope, id);
    const api = new HttpApi(this, "Api", { defaultAuthorizer: new HttpIamAuthorizer() });
    const integration = new HttpLambdaIntegration("Handler", handler);
    const tokens = broker && new HttpLambdaIntegration("Broker", broker);
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
      const policy = new ManagedPolicy(this, `${caller}Policy`, {
        description: `dblease: what a ${caller.toLowerCase()} may call`,
        statements: [
          new PolicyStatement({
            actions: ["execute-api:Invoke"],
            resources: open.map(({ method, path }) =>
              api.arnForExecuteApi(method, path.replace("{id}", "*"), "$default"),
            ),
          }),
          new PolicyStatement({ actions: ["ssm:GetParameter"], resources: [parameter.parameterArn] }),
        ],
      });
      new CfnOutput(Stack.of(this), `${caller}PolicyArn`, { value: policy.managedPolicyArn });
    }
    new CfnOutput(Stack.of(this), "ApiUrl", { value: this.url });
  }
}
