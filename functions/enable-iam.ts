/** Called by the API for administrators: turn on IAM authentication of one database. The only function that may modify one. */
import { RDSClient } from "@aws-sdk/client-rds";
import middy from "@middy/core";
import type { DatabaseSnapshot } from "../src/grant.ts";
import { enableIamAuthentication } from "../src/iam/iam-authentication.ts";

const rds = new RDSClient({});

export const handler = middy<DatabaseSnapshot>().handler((database) =>
  enableIamAuthentication(rds, database),
);
