/** The intake bus: an `AccessRequested` event becomes a draft for a person, or a grant for a service. */
import { RDSClient } from "@aws-sdk/client-rds";
import { SQSClient } from "@aws-sdk/client-sqs";
import middy from "@middy/core";
import { putAside } from "../src/intake/put-aside.ts";
import { type Intake, type IntakeEvent, takeIn } from "../src/intake/take-in.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { openWorkflows } from "../src/workflow/start.ts";

const aside = { client: new SQSClient({}), queueUrl: setting("REFUSED_QUEUE") };
const intake: Intake = {
  table: openTable(setting("TABLE")),
  rds: new RDSClient({}),
  workflows: openWorkflows({
    grantMachine: setting("GRANT_MACHINE"),
    revokeMachine: setting("REVOKE_MACHINE"),
  }),
  clock: () => new Date(),
  putAside: (event, refusal) => putAside(aside, event, refusal),
};

export const handler = middy<IntakeEvent>().handler((event) => takeIn(intake, event));
