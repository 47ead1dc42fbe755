import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AwsAccess } from "./aws-access.ts";
import type { LocalDatabase } from "./resolve-configuration.ts";

/** What stack.json holds: all that a program needs to find the parts of a running stack. */
export interface StackInfo {
  endpoint: string;
  region: string;
  apiUrl: string;
  databases: LocalDatabase[];
  caFile: string;
  awsConfigFile: string;
  awsCredentialsFile: string;
  /** The process that the whole stack lives and dies with. */
  pid: number;
}

/** Files for the AWS CLI and SDKs, one profile for each user. */
export function writeProfiles(folder: string, users: Record<string, AwsAccess>) {
  mkdirSync(join(folder, "aws"), { recursive: true });
  const awsConfigFile = join(folder, "aws", "config");
  const awsCredentialsFile = join(folder, "aws", "credentials");
  const sections = Object.entries(users);
  const config = sections.map(([name, { endpoint, region }]) =>
    [`[profile ${name}]`, `region = ${region}`, `endpoint_url = ${endpoint}`, ""].join("\n"),
  );
  const credentials = sections.map(([name, { credentials: key }]) =>
    [
      `[${name}]`,
      `aws_access_key_id = ${key.accessKeyId}`,
      `aws_secret_access_key = ${key.secretAccessKey}`,
      "",
    ].join("\n"),
  );
  writeFileSync(awsConfigFile, config.join("\n"));
  writeFileSync(awsCredentialsFile, credentials.join("\n"), { mode: 0o600 });
  return { awsConfigFile, awsCredentialsFile };
}

export function writeStackInfo(folder: string, info: StackInfo): void {
  writeFileSync(join(folder, "stack.json"), `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
}

/** So that nobody follows the file of a stack that is gone. */
export function removeStackInfo(folder: string): void {
  rmSync(join(folder, "stack.json"), { force: true });
}
