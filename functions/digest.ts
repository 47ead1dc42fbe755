/** Every day: the digest of each day that is closed, into a bucket apart from the events. */
import { S3Client } from "@aws-sdk/client-s3";
import middy from "@middy/core";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { digestDays } from "../src/workflow/digest-days.ts";

const table = openTable(setting("TABLE"));
const digests = { s3: new S3Client({}), bucket: setting("ARCHIVE_BUCKET") };

export const handler = middy<unknown>().handler(async () => ({
  days: await digestDays(table, digests, new Date()),
}));
