/** The HTTP API behind the IAM authorizer, but for tokens. */
import { randomBytes } from "node:crypto";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { httpHandler } from "../src/api/http-handler.ts";
import { type ApiParts, routes } from "../src/api/routes.ts";
import { engineFunctions } from "../src/engine-functions.ts";
import { personPolicyFunction } from "../src/iam/person-policies.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { openWorkflows } from "../src/workflow/start.ts";

const lambda = new LambdaClient({});
const bucket = process.env.ARCHIVE_BUCKET;

const parts: ApiParts = {
  table: openTable(setting("TABLE")),
  workflows: openWorkflows({
    grantMachine: setting("GRANT_MACHINE"),
    revokeMachine: setting("REVOKE_MACHINE"),
    reconcileMachine: setting("RECONCILE_MACHINE"),
  }),
  iam: new IAMClient({}),
  rds: new RDSClient({}),
  secrets: new SecretsManagerClient({}),
  admin: { client: lambda, functionOf: engineFunctions("ADMIN_FUNCTIONS") },
  fleetMachine: setting("FLEET_MACHINE"),
  backfill: {
    machine: setting("BACKFILL_MACHINE"),
    region: setting("AWS_REGION"),
    // Absent where no database logs in by IAM.
    connectRole: process.env.CONNECT_ROLE,
  },
  personPolicies: personPolicyFunction(lambda),
  enableIam: setting("ENABLE_IAM"),
  scanPolicies: setting("SCAN_POLICIES"),
  archive: bucket ? { s3: new S3Client({}), bucket } : undefined,
  clock: () => new Date(),
  random: (count) => randomBytes(count),
};

export const handler = httpHandler(parts, routes, setting("ACCOUNT"));
