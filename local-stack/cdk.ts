import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AwsAccess } from "./aws-access.ts";
import { inCheckout } from "./in-checkout.ts";
import { startGuarded } from "./start-guarded.ts";

export interface CdkRun {
  access: AwsAccess;
  /** Takes logs, the synthesized app and whatever the CDK keeps in a home folder. */
  folder: string;
  configFile: string;
}

const account = "000000000000";

/** Makes the account fit for deployments, which it needs once. */
export async function bootstrap(run: CdkRun): Promise<void> {
  // CDK's own default, said aloud: the emulator loses it on the way and attaches a policy without a name.
  const rights = ["--cloudformation-execution-policies", "arn:aws:iam::aws:policy/AdministratorAccess"];
  await cdk(run, "bootstrap", [`aws://${account}/${run.access.region}`, "--app", "", ...rights]);
}

/** Builds the templates and bundles; touches no account. */
export async function synthesize(run: CdkRun): Promise<void> {
  const output = join(run.folder, "cdk.out");
  rmSync(output, { recursive: true, force: true });
  const context = ["--context", "dblease:synthesizer=cli", "--context", "dblease:emulated=true"];
  // A run of many tests has built them beforehand.
  if (process.env.DBLEASE_ASSETS === "built") context.push("--context", "dblease:assets=built");
  await cdk(run, "synth", ["--quiet", "--app", "node infra/app.ts", "--output", output, ...context]);
}

/** Deploys what was synthesized and gives the stack's outputs. */
export async function deploy(run: CdkRun): Promise<Record<string, string>> {
  const outputsFile = join(run.folder, "outputs.json");
  // Without a change set, which takes longer and which nobody would read.
  const options = ["--method", "direct", "--require-approval", "never", "--outputs-file", outputsFile];
  await cdk(run, "deploy", ["--all", "--app", join(run.folder, "cdk.out"), ...options]);
  const outputs = JSON.parse(readFileSync(outputsFile, "utf8")) as Record<string, Record<string, string>>;
  return outputs.Dblease ?? {};
}

/** Deletes the stack, as `cdk destroy` does for somebody who has turned termination protection off. */
export async function destroy(run: CdkRun): Promise<void> {
  await cdk(run, "destroy", ["--all", "--force", "--app", join(run.folder, "cdk.out")]);
}

async function cdk({ access, folder, configFile }: CdkRun, command: string, words: string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, `${command}.log`);
  const log = openSync(logFile, "w");
  const quiet = ["--no-notices", "--no-version-reporting", "--no-color"];
  const program = startGuarded({
    command: ["node", inCheckout("node_modules/aws-cdk/bin/cdk"), command, ...words, ...quiet],
    stopSignal: "TERM",
    cwd: inCheckout("."),
    log,
    env: {
      PATH: `${inCheckout("node_modules/.bin")}:${process.env.PATH}`,
      HOME: folder,
      AWS_ENDPOINT_URL: access.endpoint,
      AWS_REGION: access.region,
      AWS_ACCESS_KEY_ID: access.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: access.credentials.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: "true",
      CDK_DISABLE_CLI_TELEMETRY: "true",
      // `npm run check` asks for it.
      CDK_VALIDATION: "false",
      DBLEASE_CONFIG: configFile,
    },
  });
  closeSync(log);
  if ((await program.ended) === 0) return;
  const reason = reasonIn(readFileSync(logFile, "utf8"));
  throw new Error(`cdk ${command} failed. Next: mend what it says, or read all of ${logFile}:\n${reason}`);
}

/** What CloudFormation refused, without the trace around it; where it did not come that far, the last words. */
function reasonIn(log: string): string {
  const refused = /DeploymentError: ([\s\S]*?)\n\s*Source Location/.exec(log)?.[1];
  return refused?.replace(/\s+/g, " ") ?? log.trimEnd().split("\n").slice(-6).join("\n");
}
