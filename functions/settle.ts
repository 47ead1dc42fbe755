/** Workflow step: an end that needs no database, or the note that a revoke failed for now. */
import middy from "@middy/core";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { caughtOf, grantIdOf, optionalHolderOf } from "../src/workflow/inputs.ts";
import { settle } from "../src/workflow/settle.ts";

const parts = { table: openTable(setting("TABLE")), clock: () => new Date() };

export const handler = middy<unknown>().handler((input) =>
  settle(parts, grantIdOf(input), caughtOf(input), optionalHolderOf(input)),
);
