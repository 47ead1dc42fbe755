/** npm run bench [-- <group>... --json --docs]: figures, never a verdict; the exit code says nothing about bars. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { inCheckout } from "../local-stack/in-checkout.ts";
import { allEngines } from "./engines/all-engines.ts";
import type { BenchEngine } from "./engines/bench-engine.ts";
import { crowd } from "./groups/crowd.ts";
import { iam } from "./groups/iam.ts";
import { request } from "./groups/request.ts";
import { rotation } from "./groups/rotation.ts";
import { size } from "./groups/size.ts";
import { tables } from "./groups/tables.ts";
import { together } from "./groups/together.ts";
import { machine } from "./machine.ts";
import { performancePage } from "./performance-page.ts";
import { printTable } from "./print-table.ts";
import type { Report, Row } from "./row.ts";

const engineGroups: Record<string, (engine: BenchEngine<unknown>, report: Report) => Promise<void>> = {
  tables,
  crowd,
  together,
};

/** Which need no engine of their own. */
const otherGroups: Record<string, (report: Report) => Promise<void>> = { request, iam, rotation, size };

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false }, docs: { type: "boolean", default: false } },
});

const names = [...Object.keys(engineGroups), ...Object.keys(otherGroups)];
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no group ${unknown.join(", ")}. Next: take one of ${names.join(", ")}.\n`);
  process.exit(2);
}
const chosen = (name: string) => positionals.length === 0 || positionals.includes(name);

const rows: Row[] = [];
const report: Report = (row) => rows.push(row);

const engineNames = Object.keys(engineGroups).filter(chosen);
for (const engine of engineNames.length > 0 ? allEngines() : []) {
  await engine.harness.start();
  try {
    await engine.makeRoom(await engine.harness.stage());
    for (const name of engineNames) {
      process.stderr.write(`${engine.harness.engine}: ${name}\n`);
      await engineGroups[name]?.(engine, report);
    }
  } finally {
    await engine.harness.stop();
  }
}
for (const name of Object.keys(otherGroups).filter(chosen)) {
  process.stderr.write(`${name}\n`);
  await otherGroups[name]?.(report);
}

process.stdout.write(`${options.json ? JSON.stringify(rows, null, 2) : printTable(rows)}\n`);
if (options.docs)
  writeFileSync(inCheckout("docs/performance.md"), performancePage(rows, machine(new Date())));
