import { Stack } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import {
  CustomDataIdentifier,
  DataIdentifier,
  DataProtectionPolicy,
  LogGroup,
  RetentionDays,
} from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";

/**
 * A log that keeps a year and shows no secret. Nothing of ours writes one; should it happen, by a driver's error or
 * by mistake, CloudWatch masks it for everybody without logs:Unmask.
 */
export class Log extends LogGroup {
  constructor(scope: Construct, id: string, key?: IKey) {
    super(scope, id, {
      retention: RetentionDays.ONE_YEAR,
      ...(key ? { encryptionKey: key } : {}),
      dataProtectionPolicy: new DataProtectionPolicy({
        name: Stack.of(scope).stackName,
        identifiers: [
          DataIdentifier.AWSSECRETKEY,
          DataIdentifier.OPENSSHPRIVATEKEY,
          DataIdentifier.PKCSPRIVATEKEY,
          // `.` stands for `$` and `:`; the colon is not allowed here (CloudWatch Logs, "Custom data identifiers").
          new CustomDataIdentifier(
            "ScramVerifier",
            "SCRAM-SHA-256.4096.[A-Za-z0-9+/=]+.[A-Za-z0-9+/=]+.[A-Za-z0-9+/=]+",
          ),
        ],
      }),
    });
  }
}
