/** Login tokens: the only function that may assume the connect role. */
import { randomBytes } from "node:crypto";
import { IAMClient } from "@aws-sdk/client-iam";
import { RDSClient } from "@aws-sdk/client-rds";
import { STSClient } from "@aws-sdk/client-sts";
import { httpHandler } from "../src/api/http-handler.ts";
import { tokenRoutes } from "../src/api/token-routes.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { currentServer } from "../src/workflow/current-server.ts";

const clock = () => new Date();
const parts = {
  table: openTable(setting("TABLE")),
  iam: new IAMClient({}),
  broker: { sts: new STSClient({}), connectRole: setting("CONNECT_ROLE"), region: setting("AWS_REGION") },
  currentServer: currentServer(new RDSClient({}), clock),
  clock,
  random: (count: number) => randomBytes(count),
};

export const handler = httpHandler(parts, tokenRoutes, setting("ACCOUNT"));
