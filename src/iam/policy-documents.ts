import { GetPolicyCommand, GetPolicyVersionCommand, type IAMClient } from "@aws-sdk/client-iam";
import type { PolicyText } from "../audit/policy-reach.ts";

/** IAM answers documents percent-encoded (IAM API reference, PolicyDetail). */
export function decodedDocument(document: string | undefined): string {
  try {
    return decodeURIComponent(document ?? "");
  } catch {
    // Not IAM's encoding: taken as it is, and judged to be unreadable if it is that.
    return document ?? "";
  }
}

/** Managed policies by ARN, each asked for once. Gone or withheld: a text that cannot be read, which excludes nothing. */
export class PolicyDocuments {
  private readonly known = new Map<string, Promise<string>>();
  private readonly iam: IAMClient;

  constructor(iam: IAMClient) {
    this.iam = iam;
  }

  remember(arn: string, document: string): void {
    this.known.set(arn, Promise.resolve(document));
  }

  async policy(arn: string): Promise<PolicyText> {
    const document = this.known.get(arn) ?? this.read(arn).catch(() => "");
    this.known.set(arn, document);
    return { name: arn, document: await document };
  }

  private async read(arn: string): Promise<string> {
    const { Policy: policy } = await this.iam.send(new GetPolicyCommand({ PolicyArn: arn }));
    const { PolicyVersion: version } = await this.iam.send(
      new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: policy?.DefaultVersionId }),
    );
    return decodedDocument(version?.Document);
  }
}
