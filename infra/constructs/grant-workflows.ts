import { Construct } from "constructs";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import { EngineFunctions } from "./engine-functions.ts";
import { Workflow } from "./workflow.ts";

/** The two machines that a grant lives in, and the steps of theirs that need no database. */
export class GrantWorkflows extends Construct {
  readonly grantMachine: Workflow;
  readonly revokeMachine: Workflow;
  readonly beginGrant: DbleaseFunction;
  readonly beginRevoke: DbleaseFunction;

  constructor(scope: Construct, id: string, installation: Installation, engines: readonly EngineFunctions[]) {
    super(scope, id);
    const { store } = installation;
    const step = (name: string, file: string, reservedConcurrency?: number) => {
      const reserved = reservedConcurrency ? { reservedConcurrency } : {};
      return new DbleaseFunction(this, name, installation, { file, timeoutSeconds: 20, ...reserved });
    };
    const beginGrant = step("BeginGrant", "begin-grant");
    const beginRevoke = step("BeginRevoke", "begin-revoke", 5);
    this.beginGrant = beginGrant;
    this.beginRevoke = beginRevoke;
    const settle = step("Settle", "settle", 2);
    this.revokeMachine = new Workflow(this, "RevokeMachine", installation, "revoke.asl.json", {
      BeginRevoke: beginRevoke.live.functionArn,
      Settle: settle.live.functionArn,
      ...EngineFunctions.substitutions(engines, "revoke"),
    });
    this.grantMachine = new Workflow(this, "GrantMachine", installation, "grant.asl.json", {
      Table: store.table.tableName,
      BeginGrant: beginGrant.live.functionArn,
      Settle: settle.live.functionArn,
      RevokeMachine: this.revokeMachine.stateMachineArn,
      ...EngineFunctions.substitutions(engines, "grant"),
    });
    for (const it of [beginRevoke, settle, ...engines.map((it) => it.revoke)])
      it.grantInvoke(this.revokeMachine);
    for (const it of [beginGrant, settle, ...engines.map((it) => it.grant)])
      it.grantInvoke(this.grantMachine);
    this.revokeMachine.grantStartExecution(this.grantMachine);
    store.grantRead(this.grantMachine);
    // It parks its task token in the row, nothing else.
    store.grantUpdate(this.grantMachine, ["grant#*"]);

    for (const it of [beginRevoke, settle]) {
      store.grantRead(it);
      store.grantChange(it);
    }
    store.grantRead(beginGrant);
    store.grantAskFrozen(beginGrant);
    store.grantChange(beginGrant, ["freeze"]);
    for (const it of [beginGrant, beginRevoke]) it.allowDescribe();
    beginGrant.allowFindTraits();
  }

  /** Lets a function start grants, and tells it the names of the machines. */
  openGrants(to: DbleaseFunction): void {
    this.grantMachine.grantStartExecution(to);
    to.addEnvironment("GRANT_MACHINE", this.grantMachine.stateMachineArn);
    to.addEnvironment("REVOKE_MACHINE", this.revokeMachine.stateMachineArn);
  }

  /** Lets a function start both machines and wake what waits in them. */
  open(to: DbleaseFunction): void {
    this.openGrants(to);
    this.revokeMachine.grantStartExecution(to);
    // AWS's reference knows no narrower resource.
    const because =
      "A token names its task by itself. A wake-up has no authority: after it the row is read again.";
    to.allow(["states:SendTaskSuccess"], ["*"], because);
  }
}
