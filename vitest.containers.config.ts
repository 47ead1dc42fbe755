import { defineConfig } from "vitest/config";

/** npm run test:containers: the whole conformance suite on the vendors' own servers, where Docker is. Not a part of npm test. */
export default defineConfig({
  test: {
    include: ["test/containers/*.containers.ts"],
    maxWorkers: 1,
    testTimeout: 120_000,
    // An image of a gigabyte or two comes first.
    hookTimeout: 1_200_000,
    reporters: ["default", "./test/count-reporter.ts"],
  },
});
