import { Stack } from "aws-cdk-lib";
import { ArnPrincipal, type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import type { DbleaseFunction } from "./dblease-function.ts";

/** Passwords of services' grants: secrets under one name prefix, with a key that only these services may use (dangers 21). */
export class ServiceSecrets extends Construct {
  /** Absent where the configuration names no service. */
  readonly key?: Key;
  private readonly secrets: string;

  constructor(scope: Construct, id: string, roles: string[]) {
    super(scope, id);
    const { region, account, partition } = Stack.of(this);
    this.secrets = `arn:${partition}:secretsmanager:${region}:${account}:secret:dblease/grant/*`;
    if (roles.length === 0) return;
    this.key = new Key(this, "Key", {
      description: "dblease: passwords of services' grants",
      enableKeyRotation: true,
    });
    this.key.addToResourcePolicy(
      new PolicyStatement({
        principals: roles.map((it) => new ArnPrincipal(it)),
        actions: ["kms:Decrypt"],
        resources: ["*"],
        conditions: { StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } },
      }),
    );
  }

  /** To make and fill them; whoever makes a password need not read it again. */
  grantKeep(to: DbleaseFunction): void {
    if (!this.key) return;
    to.addEnvironment("SERVICE_KEY", this.key.keyArn);
    to.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [
          "secretsmanager:CreateSecret",
          "secretsmanager:PutResourcePolicy",
          "secretsmanager:PutSecretValue",
        ],
        resources: [this.secrets],
      }),
    );
    this.key.grant(to, "kms:GenerateDataKey", "kms:Decrypt");
  }

  /** Also where no service is configured any more: the grant of one may be alive. */
  grantRemove(to: IGrantable): void {
    to.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ["secretsmanager:DeleteSecret"], resources: [this.secrets] }),
    );
  }
}
