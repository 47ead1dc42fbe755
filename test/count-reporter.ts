import type { Reporter, TestCase } from "vitest/node";

/** Ends the output with one plain line, `N passed, N failed`, which every CI can read. */
// biome-ignore lint/style/noDefaultExport: vitest loads a reporter by its default export
export default class CountReporter implements Reporter {
  private readonly counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
  private broken = 0;

  onTestCaseResult(test: TestCase): void {
    this.counts[test.result().state] += 1;
  }

  onTestModuleEnd(module: { errors(): unknown[] }): void {
    this.broken += module.errors().length;
  }

  onTestRunEnd(): void {
    const { passed, failed, skipped } = this.counts;
    const skippedPart = skipped > 0 ? `, ${skipped} skipped` : "";
    process.stdout.write(`\n${passed} passed, ${failed + this.broken} failed${skippedPart}\n`);
  }
}
