import { median } from "../quantile.ts";
import type { Report, Row } from "../row.ts";
import type { Pairs } from "./pairs.ts";

/** Medians, their ratios and the traffic of one set of pairs. */
export function reportPairs<Connection>(
  bench: string,
  at: string,
  pairs: Pairs<Connection>,
  report: Report,
): void {
  const { samples, traffic } = pairs;
  const row = (strategy: string, value: number, unit: Row["unit"], more: Partial<Row> = {}) =>
    report({ bench, engine: pairs.on.engine.harness.engine, strategy, at, value, unit, ...more });
  row("login alone", median(samples.login), "ms", { samples: samples.login.length });
  for (const step of ["grant", "revoke"] as const) {
    const count = { samples: samples[step].dblease.length };
    row(`${step}: dblease`, median(samples[step].dblease), "ms", count);
    row(`${step}: bare login, same statements`, median(samples[step].bare), "ms", count);
    row(`${step}: bare login, by hand`, median(samples[step].byHand), "ms", count);
    row(`${step}: dblease to bare, same statements`, pairs.ratio(step, "bare"), "x", { ...count, bar: 1.25 });
    row(`${step}: dblease to bare, by hand`, pairs.ratio(step, "byHand"), "x", count);
    const { logins, trips } = traffic[step];
    row(`${step}: logins`, logins, "", { bar: 1 });
    row(`${step}: round trips after the login`, trips.length, "", { bar: step === "grant" ? 1 : 4 });
    row(
      `${step}: statements`,
      trips.reduce((sum, { statements }) => sum + statements, 0),
      "",
    );
  }
}
