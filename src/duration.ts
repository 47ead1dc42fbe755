import { DbleaseError } from "./errors.ts";

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * `30s`, `30m`, `2h`, `1d` as whole seconds. One number and one unit only: more forms are a source of mistakes.
 * @throws BAD_REQUEST for anything else, zero included.
 */
export function durationSeconds(text: string): number {
  const match = /^([1-9][0-9]{0,6})([smhd])$/.exec(text);
  const unit = unitSeconds[match?.[2] ?? ""];
  if (!match || unit === undefined) {
    throw new DbleaseError("BAD_REQUEST", `"${text}" is not a duration`, {
      next: "write a number and a unit: 30s, 30m, 2h or 1d",
    });
  }
  return Number(match[1]) * unit;
}

/** Seconds as the shortest form that `durationSeconds` reads back; rounded to whole seconds. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  for (const unit of ["d", "h", "m"] as const) {
    const size = unitSeconds[unit] ?? 1;
    if (whole >= size && whole % size === 0) return `${whole / size}${unit}`;
  }
  return `${whole}s`;
}
