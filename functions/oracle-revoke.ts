/** Workflow step in the VPC, with concurrency of its own: end the access and prove it. */
import middy from "@middy/core";
import { databaseStep } from "../src/workflow/database-step.ts";
import { grantIdOf, holderOf } from "../src/workflow/inputs.ts";
import { oracleParts } from "../src/workflow/oracle-parts.ts";
import { runRevoke } from "../src/workflow/run-revoke.ts";

const step = databaseStep(oracleParts);

export const handler = middy<unknown>().handler((input) =>
  runRevoke(step, grantIdOf(input), holderOf(input)),
);
