/** Called by Secrets Manager, in the VPC: the four steps of a rotation. */
import middy from "@middy/core";
import { oracleUsers } from "../src/engines/oracle-users.ts";
import { runRotationStep } from "../src/rotation/run-rotation-step.ts";
import { databaseRotation } from "../src/workflow/database-rotation.ts";
import { oracleParts } from "../src/workflow/oracle-parts.ts";

const step = databaseRotation(oracleParts, oracleUsers);

export const handler = middy<unknown>().handler((event) => runRotationStep(step, event));
