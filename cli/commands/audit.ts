import type { Command } from "commander";
import type { Run } from "../run.ts";
import { addAuditAcknowledge } from "./audit-acknowledge.ts";
import { addAuditBackfill } from "./audit-backfill.ts";
import { addAuditGrant } from "./audit-grant.ts";
import { addAuditPasswords } from "./audit-passwords.ts";
import { addAuditPerson } from "./audit-person.ts";
import { addAuditReport } from "./audit-report.ts";
import { addAuditScan } from "./audit-scan.ts";
import { addAuditSessions } from "./audit-sessions.ts";
import { addAuditVerify } from "./audit-verify.ts";
import { addAuditWho } from "./audit-who.ts";
import { addFindings } from "./findings.ts";

/** What auditors ask; each question is a file of its own. */
export function addAudit(program: Command, run: Run): void {
  const audit = program
    .command("audit")
    .summary("who had access, who approved, what happened (auditors)")
    .description(
      "Auditors: who had access, who approved it, and what happened. Every answer says what it can not know.",
    );
  addAuditWho(audit, run);
  addAuditPerson(audit, run);
  addAuditGrant(audit, run);
  addAuditSessions(audit, run);
  addAuditPasswords(audit, run);
  addFindings(audit, run);
  addAuditAcknowledge(audit, run);
  addAuditScan(audit, run);
  addAuditVerify(audit, run);
  addAuditBackfill(audit, run);
  addAuditReport(audit, run);
}
