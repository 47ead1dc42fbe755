import { isOver, type Row } from "./row.ts";

export const columns = ["bench", "engine", "at", "what", "value", "bar", ""] as const;

/** A figure with as many digits as it deserves, and its unit. */
function figure(value: number, unit: Row["unit"]): string {
  const text = Number.isInteger(value)
    ? value.toLocaleString("en-US")
    : value.toPrecision(value < 1 ? 2 : value < 100 ? 3 : 4);
  const number = Number.isInteger(value)
    ? text
    : Number(text).toLocaleString("en-US", { maximumFractionDigits: 6 });
  return unit === "$" ? `$${number}` : unit ? `${number} ${unit}` : number;
}

export function cellsOf(row: Row): string[] {
  return [
    row.bench,
    row.engine,
    row.at,
    row.strategy,
    figure(row.value, row.unit),
    row.bar === undefined ? "" : `<= ${figure(row.bar, row.unit)}`,
    isOver(row) ? "OVER" : "",
  ];
}

export function printTable(rows: readonly Row[]): string {
  const lines = [[...columns], ...rows.map(cellsOf)];
  const widths = columns.map((_, n) => Math.max(...lines.map((cells) => (cells[n] ?? "").length)));
  return lines
    .map((cells) =>
      cells
        .map((cell, n) => cell.padEnd(widths[n] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
