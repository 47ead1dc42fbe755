/** On deploy: check the configuration against live grants, write it as the next version, prepare the databases. */
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";
import middy from "@middy/core";
import type { CloudFormationCustomResourceEvent } from "aws-lambda";
import { engineFunctions } from "../src/engine-functions.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { answerCloudFormation } from "../src/workflow/answer-cloudformation.ts";
import { applyConfig } from "../src/workflow/apply-config.ts";

const parts = {
  table: openTable(setting("TABLE")),
  iam: new IAMClient({}),
  rds: new RDSClient({}),
  admin: { client: new LambdaClient({}), functionOf: engineFunctions("ADMIN_FUNCTIONS") },
  clock: () => new Date(),
};

export const handler = middy<CloudFormationCustomResourceEvent>().handler((event) =>
  answerCloudFormation(event, () => {
    const [, , , region = "", account = ""] = event.StackId.split(":");
    const config = JSON.parse(event.ResourceProperties.config);
    return applyConfig({ ...parts, here: { account, region } }, event.RequestType, config);
  }),
);
