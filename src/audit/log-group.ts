/** The log groups that RDS exports databases' logs to (RDS guide, "Publishing database logs to Amazon CloudWatch Logs"). */
import type { Config } from "../config.ts";

export interface LogGroup {
  kind: "instance" | "cluster";
  /** RDS's identifier. */
  server: string;
  type: string;
}

/** `/aws/rds/instance/orders/postgresql`, or `/aws/rds/cluster/...` of Aurora. */
const pattern = /^\/aws\/rds\/(?<kind>instance|cluster)\/(?<server>[^/]+)\/(?<type>[\w-]+)$/;

/** @throws Error: so that what came from elsewhere waits with the dead letters. */
export function readLogGroup(name: string): LogGroup {
  const { kind, server, type } = pattern.exec(name)?.groups ?? {};
  if ((kind === "instance" || kind === "cluster") && server && type) return { kind, server, type };
  throw new Error(`the log group ${name} is none of a database that RDS names`);
}

/** Databases of the configuration on this server. */
export function databasesOn({ databases }: Config, { kind, server }: LogGroup): string[] {
  return Object.keys(databases).filter((id) => databases[id]?.[kind] === server);
}
