import type { Config } from "../config.ts";
import type { Check } from "../engines/engine.ts";
import type { Member } from "../grant.ts";

/** Whether RDS takes tokens where the configuration says that all grants are by IAM (pure); elsewhere nothing is checked. */
export function takesTokens(config: Config, database: string, [writer]: readonly Member[]): Check[] {
  if (config.databases[database]?.model !== "iam") return [];
  const ok = writer?.iamEnabled === true;
  const state = ok ? "on" : "off: no token opens it";
  const sentence = `IAM authentication of database ${database} is ${state}`;
  return [{ id: "iam", ok, sentence, ...(ok ? {} : { repair: `dblease databases enable-iam ${database}` }) }];
}
