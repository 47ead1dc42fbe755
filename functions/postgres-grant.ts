/** Workflow step in the VPC: make the user, or store a new verifier. */
import middy from "@middy/core";
import { grantIdOf } from "../src/workflow/inputs.ts";
import { postgresStep } from "../src/workflow/postgres-step.ts";
import { runGrant } from "../src/workflow/run-grant.ts";

const step = postgresStep();

export const handler = middy<unknown>().handler((input) => runGrant(step, grantIdOf(input)));
