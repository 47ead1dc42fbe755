/** Called by Secrets Manager, in the VPC: the four steps of a rotation. */
import middy from "@middy/core";
import { postgresUsers } from "../src/engines/postgres-users.ts";
import { runRotationStep } from "../src/rotation/run-rotation-step.ts";
import { databaseRotation } from "../src/workflow/database-rotation.ts";
import { postgresParts } from "../src/workflow/postgres-parts.ts";

const step = databaseRotation(postgresParts, postgresUsers);

export const handler = middy<unknown>().handler((event) => runRotationStep(step, event));
