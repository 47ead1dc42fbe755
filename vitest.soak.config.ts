import { defineConfig } from "vitest/config";

/** npm run soak: hours of bad luck in one go. Not a part of npm test. */
export default defineConfig({
  test: {
    include: [
      "test/soak/*.soak.ts",
      "test/fuzz/*.test.ts",
      "test/lifecycle/*.test.ts",
      "test/audit/growth.test.ts",
    ],
    globalSetup: "test/build-once.ts",
    env: { FUZZ_CASES: "10000", LIFECYCLE_SEQUENCES: "2000", AUDIT_EVENTS: "200000" },
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: 180_000,
    reporters: ["default", "./test/count-reporter.ts"],
  },
});
