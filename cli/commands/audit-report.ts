import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { heldRow } from "../audit-rows.ts";
import { csvText } from "../csv-text.ts";
import { examples, neededOption } from "../options.ts";
import { month, periodOfMonth } from "../report/month.ts";
import { gatherReport, isProved, latenessSeconds, type Report } from "../report/report.ts";
import type { Run } from "../run.ts";

/** Both forms are written before anything is said of them; they hold people's reasons, so nobody else may read them. */
async function writeFiles(folder: string, report: Report, now: Date): Promise<{ html: string; csv: string }> {
  // Only this command needs the page.
  const { reportPage } = await import("../report/report-page.ts");
  const [html, csv] = ["html", "csv"].map((it) => join(folder, `dblease-${report.month}.${it}`)) as [
    string,
    string,
  ];
  const rows = report.held.map((it) => ({
    ...heldRow(it),
    brokeGlass: it.grant.breakGlass !== undefined,
    lateSeconds: latenessSeconds(it.grant),
    proved: isProved(it.grant),
  }));
  mkdirSync(folder, { recursive: true });
  writeFileSync(html, reportPage(report, now), { mode: 0o600 });
  writeFileSync(csv, await csvText(rows), { mode: 0o600 });
  return { html, csv };
}

export function addAuditReport(audit: Command, run: Run): void {
  const command = audit
    .command("report")
    .summary("a month for an access review, as HTML and CSV")
    .description(
      "Write what an access review asks for: grants by database and person, approvals, broken glass, findings, ages of passwords, how soon each access was proved to be over, and all receipts. The HTML is one file; the CSV has a row for each grant.",
    )
    .option("--folder <folder>", "where to write dblease-<month>.html and .csv", ".")
    .action(
      run(async ({ api, now }, self) => {
        const { month: wanted, folder } = self.opts<{ month: string; folder: string }>();
        const report = await gatherReport(api, wanted, periodOfMonth(wanted, now()));
        const files = await writeFiles(folder, report, now());
        const words = `${report.held.length} grants, ${report.findings.length} findings, ${report.passwords.length} passwords.`;
        return { data: { ...report, files }, text: `${files.html}\n${files.csv}`, words };
      }),
    );
  neededOption(command, "--month <month>", "2026-11, in UTC", month);
  examples(command, [
    "dblease audit report --month 2026-11",
    "dblease audit report --month 2026-11 --folder review",
  ]);
}
