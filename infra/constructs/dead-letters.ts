import { Duration } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";

/** What could not be delivered or taken in waits here for a person, as long as SQS keeps anything. */
export class DeadLetters extends Queue {
  constructor(scope: Construct, id: string, key?: IKey) {
    super(scope, id, {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      ...(key
        ? { encryption: QueueEncryption.KMS, encryptionMasterKey: key }
        : { encryption: QueueEncryption.SQS_MANAGED }),
    });
    acknowledge(this, "SQS3", "It is itself where undelivered messages wait.");
  }
}
