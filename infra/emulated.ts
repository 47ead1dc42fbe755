import type { Construct } from "constructs";

/**
 * The local stack's CloudFormation lacks some resources; the local stack makes them itself and says so by this context.
 * The only question of the kind in here.
 */
export function isEmulated(scope: Construct): boolean {
  return scope.node.tryGetContext("dblease:emulated") === "true";
}
