/** A prepared XA transaction outlives its session, and no server says whose it is. */
import { expect } from "vitest";
import { count, expectGone, granted, story } from "../conformance/story.ts";
import type { MysqlHarness } from "../harness/mysql.ts";

export function preparedStories(harness: MysqlHarness): void {
  story(
    harness,
    "a transaction that was prepared and left is named with the statement that ends it",
    async (stage) => {
      const person = await granted(harness, stage);
      await stage.root(`GRANT INSERT ON ${stage.orders} TO '${person.user.username}'@'%'`);
      const session = await person.login();
      await session.query(`XA START 'it''s', X'00ff';
      INSERT INTO ${stage.orders} (customer) VALUES ('dan'); XA END 'it''s', X'00ff'; XA PREPARE 'it''s', X'00ff'`);
      // Of what is seen at this moment, with its session, InnoDB tells for a tenth of a second (dangers 33).
      await harness.adapter.inspect(person.door, person.known, () => new Date());
      await session.close();
      const receipt = await person.revoke();
      expect(receipt).toMatchObject({ users: 1, sessions: 0, privileges: 0, preparedTransactions: 1 });
      const [found] = receipt.residue;
      expect(found).toMatchObject({ kind: "prepared_transaction" });
      await stage.admin(found?.statement ?? "");
      await expectGone(stage, person, await person.revoke());
      expect(await count({ query: stage.admin }, stage.orders)).toBe(3);
    },
  );

  story(
    harness,
    "an application's transaction that is prepared for a moment holds up nothing",
    async (stage) => {
      const person = await granted(harness, stage);
      const application = await stage.adminSession();
      let at = 0;
      let working = true;
      const work = (async () => {
        while (working) {
          at += 1;
          await application.query(`XA START 'app${at}'; INSERT INTO ${stage.orders} (customer) VALUES ('app');
          XA END 'app${at}'; XA PREPARE 'app${at}'; DO SLEEP(0.02); XA COMMIT 'app${at}'`);
        }
      })();
      const receipt = await person.revoke();
      working = false;
      await work;
      await application.close();
      await expectGone(stage, person, receipt);
    },
  );
}
