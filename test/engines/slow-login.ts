/** PostgreSQL's own story: a client may make its login wait after the check of its role, where nobody sees it. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { expect, test } from "vitest";
import { expectGone, granted } from "./conformance/story.ts";
import type { PostgresHarness } from "./harness/postgres.ts";

export function slowLoginStories(harness: PostgresHarness): void {
  test(`${harness.engine}: a login that waits on purpose, after the check of its role, does not outlive the revoke`, async () => {
    const stage = await harness.stage();
    const person = await granted(harness, stage);
    const { host, port, ca } = stage.server;
    const { username: user } = person.user;
    const client = new Client({
      ...{ host, port, user, password: person.password, database: stage.database, ssl: { ca } },
      // Half an hour is what the server allows; any user may set it for an own session.
      options: "-c post_auth_delay=1800",
    });
    client.on("error", () => {});
    const outcome = client
      .connect()
      .then(() => client.query("SELECT 1"))
      .then(
        () => "served",
        () => "ended",
      );
    // Nobody can see it there, so there is nothing to wait for but time.
    await sleep(1000);
    const receipt = await person.revoke();
    expect(await outcome).toBe("ended");
    await expectGone(stage, person, receipt);
  });
}
