import * as z from "zod";
import { configSchema } from "./config-schema.ts";

/** JSON schema (draft 2020-12) of `dblease.yaml` as people write it; what only code can check is not in it. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: "input" });
}
