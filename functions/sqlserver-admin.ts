/** In the VPC, called by the API and on deploy: make the standing roles, or say what is wrong with them. */
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import middy from "@middy/core";
import type { AdminOrder } from "../src/admin-order.ts";
import { runDatabaseAdmin } from "../src/workflow/run-database-admin.ts";
import { sqlserverParts } from "../src/workflow/sqlserver-parts.ts";

const secrets = new SecretsManagerClient({});

export const handler = middy<AdminOrder>().handler((order) =>
  runDatabaseAdmin(sqlserverParts, secrets, order),
);
