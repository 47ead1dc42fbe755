import { join } from "node:path";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { DefinitionBody, LogLevel, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";

const folder = join(import.meta.dirname, "../../state-machines");

/** A standard workflow from its .asl.json; its log never holds what states carry. */
export class Workflow extends StateMachine {
  constructor(scope: Construct, id: string, file: string, substitutions: Record<string, string>) {
    super(scope, id, {
      definitionBody: DefinitionBody.fromFile(join(folder, file)),
      definitionSubstitutions: substitutions,
      logs: {
        destination: new LogGroup(scope, `${id}Log`, { retention: RetentionDays.ONE_YEAR }),
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
    });
  }
}
