import { loadConfig, NODE_REGION_CONFIG_FILE_OPTIONS, NODE_REGION_CONFIG_OPTIONS } from "@smithy/core/config";
import { Failure } from "./failure.ts";

/** The region of environment or profile, as every AWS tool reads it. */
export async function awsRegion(): Promise<string> {
  try {
    return await loadConfig(NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS)();
  } catch {
    // The SDK for JavaScript leaves this one to the command line tools; people expect it of a command line tool.
    const region = process.env.AWS_DEFAULT_REGION;
    if (region) return region;
    throw new Failure(
      "USAGE",
      "no AWS region is set",
      "export AWS_REGION=<region>, or set it in the profile",
    );
  }
}
