/** `cdk deploy --app "node infra/iam-events.ts" --context home=<region>`: a small stack in us-east-1 for a dblease elsewhere. */
import { App, CliCredentialsStackSynthesizer, Stack } from "aws-cdk-lib";
import { IamEvents } from "./constructs/iam-events.ts";

const app = new App();
const homeRegion: unknown = app.node.tryGetContext("home");
if (
  typeof homeRegion === "string" &&
  /^[a-z]{2}(-[a-z]+)+-\d$/.test(homeRegion) &&
  homeRegion !== "us-east-1"
) {
  const stack = new Stack(app, "DbleaseIamEvents", {
    description: "Hands IAM's events to the region that dblease stands in",
    env: { region: "us-east-1" },
    ...(app.node.tryGetContext("dblease:synthesizer") === "cli"
      ? { synthesizer: new CliCredentialsStackSynthesizer() }
      : {}),
  });
  new IamEvents(stack, "IamEvents", { homeRegion });
} else {
  console.error(
    "name the region that dblease stands in; in us-east-1 nothing is missing\nnext: add --context home=eu-west-1",
  );
  process.exitCode = 1;
}
