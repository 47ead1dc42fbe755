/** Workflow step in the VPC: make the user, or store a new verifier. */
import middy from "@middy/core";
import { databaseStep } from "../src/workflow/database-step.ts";
import { grantIdOf } from "../src/workflow/inputs.ts";
import { runGrant } from "../src/workflow/run-grant.ts";
import { sqlserverParts } from "../src/workflow/sqlserver-parts.ts";

const step = databaseStep(sqlserverParts);

export const handler = middy<unknown>().handler((input) => runGrant(step, grantIdOf(input)));
