import type { Command } from "commander";
import type { Run } from "../run.ts";
import { addAuditGrant } from "./audit-grant.ts";
import { addAuditWho } from "./audit-who.ts";

/** What auditors ask; each question is a file of its own. */
export function addAudit(program: Command, run: Run): void {
  const audit = program
    .command("audit")
    .summary("who had access, who approved, what happened (auditors)")
    .description(
      "Auditors: who had access, who approved it, and what happened. Every answer says what it can not know.",
    );
  addAuditWho(audit, run);
  addAuditGrant(audit, run);
}
