import { afterAll, beforeAll, describe } from "vitest";
import { crashStories } from "./crashes.ts";
import type { Harness } from "./harness.ts";
import { leftoverStories } from "./leftovers.ts";
import { lifeStories } from "./life.ts";
import { privilegeStories } from "./privileges.ts";
import { refusalStories } from "./refusals.ts";
import { sessionStories } from "./sessions.ts";
import { trapStories } from "./traps.ts";

/** Everything an engine must be able to show, told on one harness; `own`: what only this engine has to show. */
export function allStories<Own extends Harness<Connection>, Connection>(
  harness: Own & Harness<Connection>,
  own: (harness: Own) => void = () => {},
): void {
  describe(harness.engine, () => {
    beforeAll(() => harness.start());
    afterAll(() => harness.stop());
    lifeStories(harness);
    sessionStories(harness);
    refusalStories(harness);
    leftoverStories(harness);
    crashStories(harness);
    trapStories(harness);
    privilegeStories(harness);
    own(harness);
  });
}
