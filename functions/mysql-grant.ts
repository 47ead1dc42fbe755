/** Workflow step in the VPC: make the user, or store a new verifier. */
import middy from "@middy/core";
import { databaseStep } from "../src/workflow/database-step.ts";
import { grantIdOf } from "../src/workflow/inputs.ts";
import { mysqlParts } from "../src/workflow/mysql-parts.ts";
import { runGrant } from "../src/workflow/run-grant.ts";

const step = databaseStep(mysqlParts);

export const handler = middy<unknown>().handler((input) => runGrant(step, grantIdOf(input)));
