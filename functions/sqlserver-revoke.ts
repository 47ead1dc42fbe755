/** Workflow step in the VPC, with concurrency of its own: end the access and prove it. */
import middy from "@middy/core";
import { databaseStep } from "../src/workflow/database-step.ts";
import { grantIdOf, holderOf } from "../src/workflow/inputs.ts";
import { runRevoke } from "../src/workflow/run-revoke.ts";
import { sqlserverParts } from "../src/workflow/sqlserver-parts.ts";

const step = databaseStep(sqlserverParts);

export const handler = middy<unknown>().handler((input) =>
  runRevoke(step, grantIdOf(input), holderOf(input)),
);
