/** Workflow step in the VPC, with concurrency of its own: end the access and prove it. */
import middy from "@middy/core";
import { grantIdOf, holderOf } from "../src/workflow/inputs.ts";
import { postgresStep } from "../src/workflow/postgres-step.ts";
import { runRevoke } from "../src/workflow/run-revoke.ts";

const step = postgresStep();

export const handler = middy<unknown>().handler((input) =>
  runRevoke(step, grantIdOf(input), holderOf(input)),
);
