/** Called by Secrets Manager, in the VPC: the four steps of a rotation. */
import middy from "@middy/core";
import { mariadbUsers } from "../src/engines/mysql-users.ts";
import { runRotationStep } from "../src/rotation/run-rotation-step.ts";
import { databaseRotation } from "../src/workflow/database-rotation.ts";
import { mariadbParts } from "../src/workflow/mysql-parts.ts";

const step = databaseRotation(mariadbParts, mariadbUsers);

export const handler = middy<unknown>().handler((event) => runRotationStep(step, event));
