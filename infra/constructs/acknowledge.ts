import { Stack, Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** What CloudFormation's functions look like in a resource's name. */
interface Resolved {
  Ref?: string;
  "Fn::GetAtt"?: string[];
  "Fn::Join"?: [string, (string | Resolved)[]];
}

/** A resource of a policy as cdk-nag writes it: references in angle brackets. */
function flatten(it: string | Resolved): string {
  if (typeof it === "string") return it;
  const [separator, parts] = it["Fn::Join"] ?? ["", []];
  return parts.length > 0 ? parts.map(flatten).join(separator) : `<${it.Ref ?? it["Fn::GetAtt"]?.join(".")}>`;
}

/** Says to a reviewer, and to cdk-nag, why one of its rules is not kept below this construct. */
export function acknowledge(scope: IConstruct, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** Says why a permission is given on a resource with a star in it. */
export function acknowledgeStar(scope: IConstruct, resource: string, reason: string): void {
  acknowledge(scope, `IAM5[Resource::${flatten(Stack.of(scope).resolve(resource))}]`, reason);
}
