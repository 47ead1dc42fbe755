/** What goes wrong in the course of the soak, one thing after the other until it is told to stop. */
import { setTimeout as sleep } from "node:timers/promises";
import { ListExecutionsCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import type { RunningStack } from "../journeys/given-stack.ts";
import { functionProcesses } from "./function-processes.ts";

/** A permission that a function loses for a moment: a crash between two of its calls. */
const denials = [
  ["ApiFunction", "states:StartExecution"],
  ["ApiFunction", "states:SendTaskSuccess"],
  ["ApiFunction", "dynamodb:*"],
  ["BeginGrant", "dynamodb:*"],
  ["PostgresGrant", "dynamodb:*"],
  ["PostgresGrant", "secretsmanager:*"],
  ["BeginRevoke", "rds:*"],
  ["PostgresRevoke", "dynamodb:*"],
  ["Sweep", "states:*"],
] as const;

type Kind = "function killed" | "permission lost" | "execution stopped" | "database restarted";

export class Mischief {
  readonly done: Record<Kind, number> = {
    "function killed": 0,
    "permission lost": 0,
    "execution stopped": 0,
    "database restarted": 0,
  };
  private readonly stack: RunningStack;
  private readonly draw: () => number;
  private over = false;
  private readonly ended: Promise<void>;

  /** @param draw numbers from 0 up to 1. */
  constructor(stack: RunningStack, draw: () => number) {
    this.stack = stack;
    this.draw = draw;
    this.ended = this.run();
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.ended;
  }

  private one<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.draw() * items.length)];
  }

  private async run(): Promise<void> {
    while (!this.over) {
      const lot = this.draw();
      if (lot < 0.55) this.killFunction();
      else if (lot < 0.75) await this.denyPermission();
      else if (lot < 0.95) await this.stopExecution();
      else await this.restartDatabase();
      await sleep(2000 + 6000 * this.draw());
    }
  }

  private killFunction(): void {
    const pid = this.one(functionProcesses());
    if (pid === undefined) return;
    try {
      process.kill(pid, "SIGKILL");
      this.done["function killed"] += 1;
    } catch {
      // It has ended by itself.
    }
  }

  private async denyPermission(): Promise<void> {
    const [name, action] = this.one(denials) ?? denials[0];
    await this.stack.without(name, action, async () => {
      await sleep(500 + 1500 * this.draw());
    });
    this.done["permission lost"] += 1;
  }

  private async stopExecution(): Promise<void> {
    const stateMachineArn = this.stack.resource(this.draw() < 0.7 ? "GrantMachine" : "RevokeMachine");
    const running = await this.stack.workflows.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: "RUNNING", maxResults: 100 }),
    );
    const executionArn = this.one(running.executions ?? [])?.executionArn;
    if (executionArn === undefined) return;
    try {
      await this.stack.workflows.send(new StopExecutionCommand({ executionArn }));
      this.done["execution stopped"] += 1;
    } catch {
      // It has ended by itself.
    }
  }

  private async restartDatabase(): Promise<void> {
    const { postgres } = this.stack.stack;
    await postgres.stop();
    await sleep(4000 * this.draw());
    await postgres.start();
    this.done["database restarted"] += 1;
  }
}
