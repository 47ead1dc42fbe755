/** A grant and a proved revoke among other people: their sessions, their live grants, and sessions of the user itself. */
import type { Session } from "../../test/engines/conformance/harness.ts";
import { atOnce } from "../at-once.ts";
import type { BenchEngine } from "../engines/bench-engine.ts";
import { BenchStage, type Made } from "../engines/bench-stage.ts";
import { Pairs } from "../engines/pairs.ts";
import { reportPairs } from "../engines/report-pairs.ts";
import { median } from "../quantile.ts";
import type { Report } from "../row.ts";

const sessionCount = 200;
const userCount = 1000;
const ownSessions = 10;
const rounds = 30;

export async function crowd<Connection>(engine: BenchEngine<Connection>, report: Report): Promise<void> {
  const on = await BenchStage.make(engine, 100);
  const measure = async (sessions: number, users: number) => {
    const warm = new Pairs(on);
    for (let round = 0; round < 3; round++) await warm.round();
    const pairs = new Pairs(on);
    for (let round = 0; round < rounds; round++) await pairs.round();
    reportPairs("crowd", `${sessions} other sessions, ${users} other live users`, pairs, report);
  };
  await measure(0, 0);
  await reportOwnSessions(on, report);
  const sessions: Session[] = [];
  await atOnce(8, sessionCount, async () => sessions.push(await on.stage.adminSession()));
  await measure(sessionCount, 0);
  const others: Made[] = [];
  await atOnce(8, userCount, async () => others.push((await on.grant()).made));
  await measure(sessionCount, userCount);
  for (const session of sessions) await session.close();
  await measure(0, userCount);
  await atOnce(8, userCount, async (n) => {
    const other = others[n];
    if (other) await on.revoke(other);
  });
}

/** Open sessions have to be told, awaited and seen to be gone. */
async function reportOwnSessions<Connection>(on: BenchStage<Connection>, report: Report): Promise<void> {
  const taken: number[] = [];
  let trips = 0;
  for (let round = 0; round < 10; round++) {
    const { made } = await on.grant();
    for (let n = 0; n < ownSessions; n++) await on.stage.login(made.user.username, made.secret);
    const { ms, record } = await on.revoke(made);
    taken.push(ms);
    trips = Math.max(trips, record.trips.length);
  }
  const row = { bench: "crowd", engine: on.engine.harness.engine, at: `${ownSessions} sessions of the user` };
  report({ ...row, strategy: "revoke: dblease", value: median(taken), unit: "ms", samples: taken.length });
  report({ ...row, strategy: "revoke: round trips after the login, at most", value: trips, unit: "" });
}
