import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CfnOutput, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { CfnNamedQuery } from "aws-cdk-lib/aws-athena";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { CfnDatabase, CfnTable } from "aws-cdk-lib/aws-glue";
import { Policy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnDeliveryStream } from "aws-cdk-lib/aws-kinesisfirehose";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { Config } from "../../src/config.ts";
import { isEmulated } from "../emulated.ts";
import { acknowledge, acknowledgeStar } from "./acknowledge.ts";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import { Log } from "./log.ts";

type Archived = NonNullable<Config["archive"]>;

/** Columns of `events`, as src/audit/audit-event.ts has them; JSON's names in the lower case that Hive knows. */
const columns = {
  id: "string",
  at: "string",
  recordedat: "string",
  origin: "string",
  name: "string",
  actor: "struct<name:string,id:string,arn:string>",
  address: "string",
  database: "string",
  server: "string",
  grantid: "string",
  secret: "string",
  subject: "string",
  attempt: "struct<code:string>",
  facts: "map<string,string>",
};

/** Every audit event for years, and the digests that show whether the past was changed, in a bucket that outlives the stack. */
export class AuditArchive extends Construct {
  private readonly bucket: Bucket;
  private readonly stream: CfnDeliveryStream;
  private readonly key: IKey | undefined;

  constructor(scope: Construct, id: string, installation: Installation, archived: Archived) {
    super(scope, id);
    this.key = installation.key;
    this.bucket = this.makeBucket(installation, archived);
    this.stream = this.makeStream(installation);
    this.digest(installation);
    this.catalog(installation.assets);
    new CfnOutput(Stack.of(this), "ArchiveBucketName", { value: this.bucket.bucketName });
  }

  /** Lets a function put events in. */
  openIntake(to: DbleaseFunction): void {
    to.allow(["firehose:PutRecordBatch"], [this.stream.attrArn]);
    to.addEnvironment("ARCHIVE_STREAM", this.stream.ref);
  }

  /** Lets a function read digests, and nothing of the events. */
  openDigests(to: DbleaseFunction): void {
    to.allow(["s3:GetObject"], [this.bucket.arnForObjects("digests/*")], "One object a day, by its date.");
    to.allow(["s3:ListBucket"], [this.bucket.bucketArn]);
    if (this.key) this.openKey(to.role, this.key, ["s3"]);
    to.addEnvironment("ARCHIVE_BUCKET", this.bucket.bucketName);
  }

  private makeBucket({ key }: Installation, { keep, lock }: Archived): Bucket {
    const bucket = new Bucket(this, "Bucket", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(key
        ? { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      ...(keep === undefined
        ? {}
        : { objectLockDefaultRetention: ObjectLockRetention[lock ?? "governance"](Duration.seconds(keep)) }),
    });
    acknowledge(bucket, "S1", "Who reads it, CloudTrail's data events say, if the account records them.");
    return bucket;
  }

  /** What Firehose's role must be able to do: Firehose Developer Guide, "Grant Firehose access to an Amazon S3 destination". */
  private makeStream({ key }: Installation): CfnDeliveryStream {
    const role = new Role(this, "Deliver", {
      assumedBy: new ServicePrincipal("firehose.amazonaws.com", {
        conditions: { StringEquals: { "sts:ExternalId": Stack.of(this).account } },
      }),
    });
    const log = new Log(this, "Log", key);
    log.grantWrite(role);
    const delivered = ["events/*", "undelivered/*"].map((it) => this.bucket.arnForObjects(it));
    const files = new Policy(this, "Files", {
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ["s3:PutObject", "s3:AbortMultipartUpload"], resources: delivered }),
        new PolicyStatement({
          actions: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
          resources: [this.bucket.bucketArn],
        }),
      ],
    });
    for (const it of delivered) {
      acknowledgeStar(files, it, "Firehose names its files when it writes them, in these two folders.");
    }
    if (key) this.openKey(role, key, ["s3", "firehose"]);
    const stream = new CfnDeliveryStream(this, "Stream", {
      deliveryStreamEncryptionConfigurationInput: key
        ? { keyType: "CUSTOMER_MANAGED_CMK", keyArn: key.keyArn }
        : { keyType: "AWS_OWNED_CMK" },
      extendedS3DestinationConfiguration: {
        roleArn: role.roleArn,
        bucketArn: this.bucket.bucketArn,
        prefix: "events/day=!{timestamp:yyyy-MM-dd}/",
        errorOutputPrefix: "undelivered/!{firehose:error-output-type}/",
        bufferingHints: { intervalInSeconds: 300, sizeInMBs: 5 },
        cloudWatchLoggingOptions: {
          enabled: true,
          logGroupName: log.logGroupName,
          logStreamName: "delivery",
        },
      },
    });
    stream.node.addDependency(files);
    return stream;
  }

  /** In the name of these services, for what they keep. */
  private openKey(role: Role, key: IKey, services: readonly string[]): void {
    const { region } = Stack.of(this);
    role.addToPolicy(
      new PolicyStatement({
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        resources: [key.keyArn],
        conditions: {
          StringEquals: { "kms:ViaService": services.map((it) => `${it}.${region}.amazonaws.com`) },
        },
      }),
    );
  }

  private digest(installation: Installation): void {
    const { store, operators } = installation;
    const digest = new DbleaseFunction(this, "Digest", installation, {
      file: "digest",
      timeoutSeconds: 900,
      memoryMb: 512,
    });
    store.grantQueryKeys(digest, ["record#*"]);
    this.openDigests(digest);
    digest.allow(
      ["s3:PutObject"],
      [this.bucket.arnForObjects("digests/*")],
      "One object a day, by its date.",
    );
    operators.alarm(digest, "DigestFailed", {
      meaning: "The digest of a day of the audit could not be written; the next day's run writes both.",
      metric: digest.metric("Errors", { statistic: "Sum", period: Duration.minutes(5) }),
      threshold: 1,
    });
    new Rule(this, "Rule", {
      // After the stream can tell nothing more of the day before yesterday.
      schedule: Schedule.cron({ minute: "30", hour: "2" }),
      targets: [new LambdaFunction(digest.live, { retryAttempts: 2 })],
    });
  }

  /** What Athena needs: no crawler, because a day's folder is known by its name. */
  private catalog(assets: string): void {
    const stack = Stack.of(this);
    const name = `dblease_${stack.stackName.toLowerCase().replace(/[^a-z0-9]/g, "_")}`;
    const database = new CfnDatabase(this, "Database", {
      catalogId: stack.account,
      databaseInput: { name, description: "The audit archive of dblease" },
    });
    const table = new CfnTable(this, "Table", {
      catalogId: stack.account,
      databaseName: name,
      tableInput: {
        name: "events",
        tableType: "EXTERNAL_TABLE",
        partitionKeys: [{ name: "day", type: "string" }],
        parameters: {
          classification: "json",
          "projection.enabled": "true",
          "projection.day.type": "date",
          "projection.day.format": "yyyy-MM-dd",
          "projection.day.range": "2026-01-01,NOW",
          "storage.location.template": `s3://${this.bucket.bucketName}/events/day=\${day}/`,
        },
        storageDescriptor: {
          location: `s3://${this.bucket.bucketName}/events/`,
          columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
          inputFormat: "org.apache.hadoop.mapred.TextInputFormat",
          outputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
          serdeInfo: { serializationLibrary: "org.openx.data.jsonserde.JsonSerDe" },
        },
      },
    });
    table.node.addDependency(database);
    if (isEmulated(this)) return;
    const folder = join(assets, "archive-queries");
    for (const file of globSync("*.sql", { cwd: folder })) {
      new CfnNamedQuery(this, basename(file, ".sql"), {
        name: `dblease ${basename(file, ".sql")}`,
        database: name,
        queryString: readFileSync(join(folder, file), "utf8"),
      });
    }
  }
}
