/** Cells of a table for programs; the names are the words of docs/audit.md. */
export type CsvRow = Readonly<Record<string, string | number | boolean | undefined>>;

/** A spreadsheet takes a cell that begins with `=` for a formula, and reasons are other people's words. */
export async function csvText(rows: readonly CsvRow[]): Promise<string> {
  const { stringify } = await import("csv-stringify/sync");
  return stringify([...rows], { header: true, escape_formulas: true });
}
