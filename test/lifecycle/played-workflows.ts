/**
 * Step Functions as a list of what has still to be called: executions go on only when the story says so, may be stopped
 * by hand, and their wake-ups may be lost or come twice. The state machines themselves run in test/journeys.
 */
import { SendTaskSuccessCommand, type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { Workflows } from "../../src/workflow/start.ts";

export interface Execution {
  machine: "grant" | "revoke";
  name: string;
  grantId: string;
}

class StepFunctionsError extends Error {
  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

export class PlayedWorkflows {
  readonly running = new Map<string, Execution>();
  private readonly ended = new Set<string>();
  /** Wake-ups and starts are lost, as when the caller dies before it has sent them. */
  lossy = false;

  end(name: string): void {
    this.running.delete(name);
    this.ended.add(name);
  }

  private start({ machine, name, grantId }: Execution): void {
    if (this.lossy) throw new Error("killed before it was sent");
    if (this.ended.has(name)) throw new StepFunctionsError("ExecutionAlreadyExists");
    this.running.set(name, { machine, name, grantId });
  }

  private wake(taskToken: string): void {
    if (this.lossy) throw new Error("killed before it was sent");
    if (!this.running.has(taskToken)) throw new StepFunctionsError("TaskTimedOut");
  }

  /** Only the calls that src/workflow/start.ts makes are there. A task token here is the name of its execution. */
  readonly workflows: Workflows = {
    grantMachine: "grant",
    revokeMachine: "revoke",
    client: {
      send: async (command: unknown) => {
        if (command instanceof StartExecutionCommand) {
          const { stateMachineArn, name = "", input = "{}" } = command.input;
          const { grantId } = JSON.parse(input) as { grantId: string };
          this.start({ machine: stateMachineArn === "grant" ? "grant" : "revoke", name, grantId });
        } else if (command instanceof SendTaskSuccessCommand) {
          this.wake(command.input.taskToken ?? "");
        } else throw new Error("this call is not played");
        return {};
      },
    } as unknown as SFNClient,
  };
}
