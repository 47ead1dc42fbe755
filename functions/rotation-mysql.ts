/** Called by Secrets Manager, in the VPC: the four steps of a rotation. */
import middy from "@middy/core";
import { mysqlUsers } from "../src/engines/mysql-users.ts";
import { runRotationStep } from "../src/rotation/run-rotation-step.ts";
import { databaseRotation } from "../src/workflow/database-rotation.ts";
import { mysqlParts } from "../src/workflow/mysql-parts.ts";

const step = databaseRotation(mysqlParts, mysqlUsers);

export const handler = middy<unknown>().handler((event) => runRotationStep(step, event));
