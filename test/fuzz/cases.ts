/**
 * How many cases a property gets: some in every test run, many in the soak (vitest.soak.config.ts).
 * @param cost how many plain cases take as long as one of these.
 */
export function cases(cost = 1): { numRuns: number } {
  return { numRuns: Math.max(5, Math.round(Number(process.env.FUZZ_CASES ?? 200) / cost)) };
}
