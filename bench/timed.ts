/** Milliseconds that the work took, and what it gave. */
export async function timed<Result>(work: () => Promise<Result>): Promise<{ ms: number; result: Result }> {
  const before = performance.now();
  const result = await work();
  return { ms: performance.now() - before, result };
}
