import { Duration, Stack } from "aws-cdk-lib";
import { Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import type { IamAccess } from "./iam-access.ts";

/** Changes of what a user, a role or a group may do. Every one names whom or which policy. */
const changes = [
  ...["User", "Role", "Group"].flatMap((it) =>
    ["Attach", "Detach", "Put", "Delete"].map((verb) => `${verb}${it}Policy`),
  ),
  ...["User", "Role"].flatMap((it) => ["Put", "Delete"].map((verb) => `${verb}${it}PermissionsBoundary`)),
  ...["CreatePolicyVersion", "SetDefaultPolicyVersion"],
  ...["AddUserToGroup", "RemoveUserFromGroup"],
  ...["UpdateUser", "UpdateGroup", "DeleteUser", "DeleteRole", "DeleteGroup"],
];

const reads = [
  ...["GetUser", "GetRole", "GetGroup"],
  ...["User", "Role", "Group"].flatMap((it) => [
    `Get${it}Policy`,
    `List${it}Policies`,
    `ListAttached${it}Policies`,
  ]),
  ...["GetPolicy", "GetPolicyVersion", "ListEntitiesForPolicy"],
  ...["GetAccountAuthorizationDetails", "SimulatePrincipalPolicy"],
];

/** Who may log in by IAM without a grant: all of the account every day, and whoever a change names at once. */
export class PolicyScan extends Construct {
  readonly scan: DbleaseFunction;

  constructor(
    scope: Construct,
    id: string,
    installation: Installation,
    { engines, iam }: { engines: readonly EngineFunctions[]; iam: IamAccess | undefined },
  ) {
    super(scope, id);
    const { store, deadLetters } = installation;
    const { partition, account } = Stack.of(this);
    const own = iam
      ? [iam.connectRole, ...engines.flatMap((it) => [it.grant, it.revoke, it.admin].map(({ role }) => role))]
      : [];
    this.scan = new DbleaseFunction(this, "Default", installation, {
      file: "scan-policies",
      timeoutSeconds: 900,
      memoryMb: 512,
      environment: {
        ACCOUNT: account,
        PARTITION: partition,
        OWN_ROLES: Stack.of(this).toJsonString(own.map((it) => it.roleArn)),
      },
      onFailure: deadLetters,
    });
    store.grantReadKeys(this.scan, ["config"]);
    store.grantQuery(this.scan);
    store.grantQueryKeys(this.scan, ["finding", "database"]);
    store.grantPut(this.scan, ["finding", "event#finding#*", "policy-scan"]);
    store.grantUpdate(this.scan, ["finding"]);
    const because = "Anybody of the account may hold a policy that opens a database; these calls only read.";
    this.scan.allow(
      reads.map((it) => `iam:${it}`),
      ["*"],
      because,
    );
    new Rule(this, "Daily", {
      schedule: Schedule.rate(Duration.days(1)),
      targets: [
        new LambdaFunction(this.scan.live, {
          event: RuleTargetInput.fromObject({ run: "daily" }),
          deadLetterQueue: deadLetters,
        }),
      ],
    });
    new Rule(this, "Changes", {
      eventPattern: {
        source: ["aws.iam"],
        detailType: ["AWS API Call via CloudTrail"],
        detail: { eventName: changes },
      },
      targets: [new LambdaFunction(this.scan.live, { deadLetterQueue: deadLetters })],
    });
  }
}
