import { Construct } from "constructs";
import type { DatabaseConfig } from "../../src/config.ts";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import { subscribe } from "./log-subscription.ts";
import type { Reconciler } from "./reconciler.ts";

/**
 * CREATE or ALTER of ROLE, USER or GROUP, in any case. A statement that is spelled otherwise waits for the daily
 * reconciliation; the function reads the line again.
 */
const aboutUsers = "%[Cc][Rr][Ee][Aa][Tt][Ee] [RrUuGg][OoSsRr]|[Aa][Ll][Tt][Ee][Rr] [RrUuGg][OoSsRr]%";

/** Logs that hold statements: a user that is made by hand has its database reconciled within seconds. */
export class UserWatch extends Construct {
  constructor(
    scope: Construct,
    id: string,
    installation: Installation,
    { databases, reconciler }: { databases: readonly DatabaseConfig[]; reconciler: Reconciler },
  ) {
    super(scope, id);
    const { store, deadLetters } = installation;
    const watch = new DbleaseFunction(this, "Default", installation, {
      file: "watch-users",
      timeoutSeconds: 30,
      onFailure: deadLetters,
      environment: { RECONCILE_MACHINE: reconciler.machine.stateMachineArn },
    });
    store.grantReadKeys(watch, ["config"]);
    store.grantBatchRead(watch);
    reconciler.machine.grantStartExecution(watch);
    subscribe(watch, databases, { postgresql: aboutUsers, audit: aboutUsers });
  }
}
