/** Eight people at once for ten seconds: no error, nobody left over, and no read after the end of a revoke. */
import { setTimeout as pause } from "node:timers/promises";
import type { BenchEngine } from "../engines/bench-engine.ts";
import { BenchStage } from "../engines/bench-stage.ts";
import { quantile } from "../quantile.ts";
import type { Report, Row } from "../row.ts";
import { timed } from "../timed.ts";

const people = 8;
const seconds = 10;

export async function together<Connection>(engine: BenchEngine<Connection>, report: Report): Promise<void> {
  const on = await BenchStage.make(engine, 100);
  const errors: string[] = [];
  const cycles: number[] = [];
  let readsAfterEnd = 0;
  const until = Date.now() + seconds * 1000;

  const person = async () => {
    while (Date.now() < until) {
      try {
        const { ms } = await timed(async () => {
          const { made } = await on.grant();
          const session = await on.stage.login(made.user.username, made.secret);
          await session.query(`SELECT count(*) FROM ${on.stage.orders}`);
          await on.revoke(made);
          await session.query(`SELECT count(*) FROM ${on.stage.orders}`).then(
            () => readsAfterEnd++,
            () => {},
          );
        });
        cycles.push(ms);
      } catch (error) {
        errors.push(error instanceof Error ? error.message : String(error));
        await pause(100);
      }
    }
  };
  await Promise.all(Array.from({ length: people }, person));
  const { users, sessions } = await on.left();

  const row = (strategy: string, value: number, unit: Row["unit"], more: Partial<Row> = {}) =>
    report({
      bench: "together",
      engine: engine.harness.engine,
      strategy,
      at: `${people} at once, ${seconds} s`,
      value,
      unit,
      ...more,
    });
  row("grant, login, read, revoke: per second", cycles.length / seconds, "per s");
  row("grant, login, read, revoke: median", quantile(cycles, 0.5), "ms", { samples: cycles.length });
  row("grant, login, read, revoke: 99 of 100", quantile(cycles, 0.99), "ms", { samples: cycles.length });
  row("errors", errors.length, "", { bar: 0 });
  row("users left over", users, "", { bar: 0 });
  row("sessions left over", sessions, "", { bar: 0 });
  row("reads that succeeded after the end of their revoke", readsAfterEnd, "", { bar: 0 });
  for (const message of new Set(errors)) process.stderr.write(`together: ${message}\n`);
}
