import { Command } from "commander";
import { addAudit } from "./commands/audit.ts";
import { addClaim } from "./commands/claim.ts";
import { addConnect } from "./commands/connect.ts";
import { addConsole } from "./commands/console.ts";
import { addCredential } from "./commands/credential.ts";
import { addDatabases } from "./commands/databases.ts";
import { addDecisions } from "./commands/decide.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addExtend } from "./commands/extend.ts";
import { addFindings } from "./commands/findings.ts";
import { addFreeze } from "./commands/freeze.ts";
import { addGrants } from "./commands/grants.ts";
import { addHeld } from "./commands/held.ts";
import { addInventory } from "./commands/inventory.ts";
import { addPlan } from "./commands/plan.ts";
import { addPolicy } from "./commands/policy.ts";
import { addProxy } from "./commands/proxy.ts";
import { addReconcile } from "./commands/reconcile.ts";
import { addRequest } from "./commands/request.ts";
import { addReview } from "./commands/review.ts";
import { addRevoke } from "./commands/revoke.ts";
import { addRevokeAll } from "./commands/revoke-all.ts";
import { addRotate } from "./commands/rotate.ts";
import { addRotations } from "./commands/rotations.ts";
import { addShow } from "./commands/show.ts";
import { addToken } from "./commands/token.ts";
import type { Run } from "./run.ts";
import type { Output } from "./terminal.ts";
import { version } from "./version.ts";

const afterHelp = `
Examples:
  dblease                       what I hold now, and how to connect
  dblease request orders --role read-only --for 30m --reason "Why is order 4711 stuck?"

Environment:
  AWS_PROFILE, AWS_REGION       who you are, as for every AWS tool
  DBLEASE_API                   address of the API; else the SSM parameter /dblease/api
  XDG_STATE_HOME                passwords rest in its folder dblease (~/.local/state)
  NO_COLOR                      no colours

Exit codes:
  0 ok   1 failed   2 wrong usage   3 refused   4 not signed in
  5 pending or timed out   6 no active grant   130 interrupted`;

/** All commands. Wrong usage leaves as a CommanderError; nothing in here ends the process. */
export function buildProgram(run: Run, data: Output): Command {
  const program = new Command("dblease");
  program
    .description("Just-in-time database access with a revoke that is proved.")
    .version(version)
    .option("--json", 'one object on stdout: {"data": ...} or {"error": {code, message, next}}')
    .configureHelp({ showGlobalOptions: true })
    // Errors are written by main.ts, in the asked form.
    .configureOutput({ writeOut: (text) => data.write(text), writeErr: () => {}, outputError: () => {} })
    .exitOverride()
    .addHelpText("after", afterHelp);
  addRequest(program, run);
  addClaim(program, run);
  addGrants(program, run);
  addShow(program, run);
  addConnect(program, run);
  addProxy(program, run);
  addCredential(program, run);
  addToken(program, run);
  addExtend(program, run);
  addRevoke(program, run);
  addRevokeAll(program, run);
  addDecisions(program, run);
  addDatabases(program, run);
  addPlan(program, run);
  addPolicy(program, run);
  addReview(program, run);
  addFindings(program, run);
  addReconcile(program, run);
  addInventory(program, run);
  addAudit(program, run);
  addConsole(program, run);
  addRotations(program, run);
  addRotate(program, run);
  addDoctor(program, run);
  addFreeze(program, run);
  addHeld(program, run);
  return program;
}
