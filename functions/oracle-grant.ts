/** Workflow step in the VPC: make the user, or store a new verifier. */
import middy from "@middy/core";
import { databaseStep } from "../src/workflow/database-step.ts";
import { grantIdOf } from "../src/workflow/inputs.ts";
import { oracleParts } from "../src/workflow/oracle-parts.ts";
import { runGrant } from "../src/workflow/run-grant.ts";

const step = databaseStep(oracleParts);

export const handler = middy<unknown>().handler((input) => runGrant(step, grantIdOf(input)));
