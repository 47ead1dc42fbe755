/** A grant and a proved revoke, as the database grows from 10 to 10,000 tables. */
import type { BenchEngine } from "../engines/bench-engine.ts";
import { BenchStage } from "../engines/bench-stage.ts";
import { Pairs } from "../engines/pairs.ts";
import { reportPairs } from "../engines/report-pairs.ts";
import { median } from "../quantile.ts";
import type { Report } from "../row.ts";

const sizes = [10, 100, 1000, 10_000] as const;
const warmUp = 5;
const rounds = 40;

export async function tables<Connection>(engine: BenchEngine<Connection>, report: Report): Promise<void> {
  const stages: BenchStage<Connection>[] = [];
  for (const size of sizes) stages.push(await BenchStage.make(engine, size));
  for (const on of stages) {
    const warm = new Pairs(on);
    for (let round = 0; round < warmUp; round++) await warm.round();
  }
  const all = stages.map((on) => new Pairs(on));
  // All sizes in turns: what changes on the machine in the course of the run changes it for all.
  for (let round = 0; round < rounds; round++) for (const pairs of all) await pairs.round();
  for (const pairs of all) reportPairs("tables", `${pairs.on.tables} tables`, pairs, report);

  const [small, large] = [all[0], all.at(-1)];
  for (const step of ["grant", "revoke"] as const) {
    if (!small || !large) break;
    report({
      bench: "tables",
      engine: engine.harness.engine,
      strategy: `${step}: most tables to fewest`,
      at: `${large.on.tables} : ${small.on.tables} tables`,
      value: median(large.samples[step].dblease) / median(small.samples[step].dblease),
      unit: "x",
      bar: 1.15,
      samples: rounds,
    });
  }
  for (const on of stages) await reportRewritten(on, report);
}

/** A table's privileges are a row of the catalogue: rewriting all of them at each grant is what bloats and locks. */
async function reportRewritten<Connection>(on: BenchStage<Connection>, report: Report): Promise<void> {
  const before = await on.tableEntries();
  const { made } = await on.grant();
  await on.revoke(made);
  const after = await on.tableEntries();
  const rewritten = [...after].filter(([key, version]) => before.get(key) !== version).length;
  report({
    bench: "tables",
    engine: on.engine.harness.engine,
    strategy: "rows about tables rewritten by a grant and its revoke",
    at: `${on.tables} tables`,
    value: rewritten,
    unit: "",
    bar: 0,
  });
}
