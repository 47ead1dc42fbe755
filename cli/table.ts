import { stripVTControlCharacters } from "node:util";

/** Left-aligned columns, two spaces between them, no line at the end. The first row may be a styled heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  const shown = (cell: string) => stripVTControlCharacters(cell).length;
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, shown(cell));
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - shown(cell)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
