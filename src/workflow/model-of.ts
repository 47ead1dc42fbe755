import type { RDSClient } from "@aws-sdk/client-rds";
import type { Config } from "../config.ts";
import type { Model } from "../grant.ts";
import { databaseSnapshot } from "../snapshot.ts";
import { resolveMembers } from "./resolve-members.ts";

/** How a grant on this database would log in now: `prefer-iam` takes what RDS offers at this moment. */
export async function modelOf(rds: RDSClient, config: Config, database: string): Promise<Model> {
  const wanted = config.databases[database]?.model ?? "native";
  if (wanted !== "prefer-iam") return wanted;
  const [writer] = await resolveMembers(rds, databaseSnapshot(config, database));
  return writer?.iamEnabled ? "iam" : "native";
}
