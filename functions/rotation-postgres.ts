/** Called by Secrets Manager, in the VPC: the four steps of a rotation. */
import middy from "@middy/core";
import { runRotationStep } from "../src/rotation/run-rotation-step.ts";
import { postgresRotation } from "../src/workflow/postgres-rotation.ts";

const step = postgresRotation();

export const handler = middy<unknown>().handler((event) => runRotationStep(step, event));
