/** Starts the files that take longest first, so that no worker is left alone with one of them at the end. */
import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** By what a whole run took on two cores; the order of the others is vitest's own. */
const slowest = [
  "test/journeys/demo.test.ts",
  "test/engines/mysql.test.ts",
  "test/rotation/alternating-mysql.test.ts",
  "test/engines/mariadb.test.ts",
  "test/engines/postgres-15.test.ts",
  "test/engines/postgres.test.ts",
  "test/rotation/two-passwords.test.ts",
  "test/rotation/alternating-users.test.ts",
  "test/journeys/faults.test.ts",
  "test/journeys/permissions.test.ts",
];

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = (it: TestSpecification) => {
      const at = slowest.indexOf(relative(this.ctx.config.root, it.moduleId));
      return at < 0 ? slowest.length : at;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
