import { defineConfig } from "vitest/config";
import { SlowFirst } from "./test/slow-first.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/build-once.ts",
    // Every file that needs servers starts its own; three at a time is what two cores carry, as much of it is waiting.
    maxWorkers: 3,
    sequence: { sequencer: SlowFirst },
    testTimeout: 120_000,
    hookTimeout: 180_000,
    reporters: ["default", "./test/count-reporter.ts"],
  },
});
