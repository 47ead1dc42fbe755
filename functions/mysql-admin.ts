/** In the VPC, called by the API and on deploy: make the standing roles, or say what is wrong with them. */
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import middy from "@middy/core";
import type { AdminOrder } from "../src/admin-order.ts";
import { mysqlParts } from "../src/workflow/mysql-parts.ts";
import { runDatabaseAdmin } from "../src/workflow/run-database-admin.ts";

const secrets = new SecretsManagerClient({});

export const handler = middy<AdminOrder>().handler((order) => runDatabaseAdmin(mysqlParts, secrets, order));
