import { ArnFormat, Stack } from "aws-cdk-lib";
import { ArnPrincipal, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import type { EngineFunctions } from "./engine-functions.ts";

/** Passwords of services' grants: secrets under one name prefix, with a key that only these services may use (dangers 21). */
export class ServiceSecrets extends Construct {
  constructor(
    scope: Construct,
    id: string,
    engines: readonly EngineFunctions[],
    services: readonly { role: string }[],
  ) {
    super(scope, id);
    const stack = Stack.of(this);
    const secrets = stack.formatArn({
      service: "secretsmanager",
      resource: "secret",
      resourceName: "dblease/grant/*",
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const because = "One secret for each grant of a service, under a prefix that only dblease uses.";
    // Also where no service is configured any more: the grant of one may be alive.
    for (const { revoke } of engines) revoke.allow(["secretsmanager:DeleteSecret"], [secrets], because);
    if (services.length === 0) return;
    const key = new Key(this, "Key", {
      description: "dblease: passwords of services' grants",
      enableKeyRotation: true,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: services.map((it) => new ArnPrincipal(it.role)),
        actions: ["kms:Decrypt"],
        resources: ["*"],
        conditions: { StringEquals: { "kms:ViaService": `secretsmanager.${stack.region}.amazonaws.com` } },
      }),
    );
    for (const { grant } of engines) {
      grant.addEnvironment("SERVICE_KEY", key.keyArn);
      key.grant(grant, "kms:GenerateDataKey", "kms:Decrypt");
      // Whoever makes a password need not read it again.
      grant.allow(
        ["secretsmanager:CreateSecret", "secretsmanager:PutResourcePolicy", "secretsmanager:PutSecretValue"],
        [secrets],
        because,
      );
    }
  }
}
