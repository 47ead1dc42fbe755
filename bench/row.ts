/** One measured figure, as `--json` prints it. */
export interface Row {
  bench: string;
  /** What was measured: an engine with its version, or `dblease` where no engine takes part. */
  engine: string;
  strategy: string;
  /** The circumstances, such as `1000 tables`. */
  at: string;
  value: number;
  unit: "ms" | "x" | "per s" | "KiB" | "$" | "%" | "";
  /** The most it may be (docs/design.md, section 11). Absent: a figure to know, with nothing promised. */
  bar?: number;
  /** How many measurements the median or quantile is made of. */
  samples?: number;
}

/** What a group of measurements says about itself, one row at a time. */
export type Report = (row: Row) => void;

export function isOver({ value, bar }: Row): boolean {
  return bar !== undefined && value > bar;
}
