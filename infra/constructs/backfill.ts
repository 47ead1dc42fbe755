import { Construct } from "constructs";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import { Workflow } from "./workflow.ts";

/**
 * Collects the past, on demand: grants and CloudTrail's event history. A function of its own does, and not whoever asks for it: nobody can put into the
 * audit what CloudTrail does not say, the API needs no permission on CloudTrail, and it goes on when a laptop closes.
 */
export class Backfill extends Construct {
  private readonly machine: Workflow;
  private readonly connectRole: string | undefined;

  constructor(scope: Construct, id: string, installation: Installation, connectRole: string | undefined) {
    super(scope, id);
    this.connectRole = connectRole;
    const { store } = installation;
    const read = new DbleaseFunction(this, "Function", installation, {
      file: "backfill",
      timeoutSeconds: 80,
      environment: connectRole === undefined ? {} : { CONNECT_ROLE: connectRole },
    });
    this.machine = new Workflow(this, "Machine", installation, "backfill.asl.json", {
      Backfill: read.live.functionArn,
    });
    read.grantInvoke(this.machine);
    store.grantReadKeys(read, ["config", "backfill"]);
    store.grantScan(read);
    store.grantQueryKeys(read, ["rotation", "event#*"]);
    store.grantPut(read, ["audit#*", "line#*", "held#*", "quarantine#*", "backfill"]);
    read.allow(["cloudtrail:LookupEvents"], ["*"], "LookupEvents knows no resource; it only reads.");
  }

  /** Lets a function begin one and look how far it is. */
  open(to: DbleaseFunction, { store }: Installation): void {
    this.machine.grantStartExecution(to);
    to.addEnvironment("BACKFILL_MACHINE", this.machine.stateMachineArn);
    if (this.connectRole) to.addEnvironment("CONNECT_ROLE", this.connectRole);
    store.grantQueryKeys(to, ["backfill"]);
    store.grantPut(to, ["backfill"]);
  }
}
