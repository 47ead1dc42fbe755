/** Called by Secrets Manager, in the VPC: the four steps of a rotation. */
import middy from "@middy/core";
import { sqlserverUsers } from "../src/engines/sqlserver-users.ts";
import { runRotationStep } from "../src/rotation/run-rotation-step.ts";
import { databaseRotation } from "../src/workflow/database-rotation.ts";
import { sqlserverParts } from "../src/workflow/sqlserver-parts.ts";

const step = databaseRotation(sqlserverParts, sqlserverUsers);

export const handler = middy<unknown>().handler((event) => runRotationStep(step, event));
