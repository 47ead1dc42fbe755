import type { StackInfo } from "./stack-files.ts";

/** How one of the stack's people runs the CLI: with an own profile, and a place for passwords. */
export function personEnvironment(
  info: Pick<StackInfo, "awsConfigFile" | "awsCredentialsFile" | "apiUrl">,
  profile: string,
  stateFolder: string,
): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    NO_COLOR: "1",
    AWS_CONFIG_FILE: info.awsConfigFile,
    AWS_SHARED_CREDENTIALS_FILE: info.awsCredentialsFile,
    AWS_PROFILE: profile,
    AWS_EC2_METADATA_DISABLED: "true",
    DBLEASE_API: info.apiUrl,
    XDG_STATE_HOME: stateFolder,
  };
}
