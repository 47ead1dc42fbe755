import { join } from "node:path";
import { DefinitionBody, LogLevel, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { acknowledge, acknowledgeStar } from "./acknowledge.ts";
import type { Installation } from "./dblease-function.ts";
import { Log } from "./log.ts";

/** A standard workflow from its .asl.json; its log never holds what states carry. */
export class Workflow extends StateMachine {
  constructor(
    scope: Construct,
    id: string,
    { assets, key }: Installation,
    file: string,
    substitutions: Record<string, string>,
  ) {
    super(scope, id, {
      definitionBody: DefinitionBody.fromFile(join(assets, "state-machines", file)),
      definitionSubstitutions: substitutions,
      logs: {
        destination: new Log(scope, `${id}Log`, key),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    acknowledge(
      this,
      "SF2",
      "The table and its events tell every step under the grant id; a trace would add nothing.",
    );
    acknowledgeStar(this, "*", "The logs:*LogDelivery calls that Step Functions asks for know no resource.");
  }
}
