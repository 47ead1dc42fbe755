/** A rotation's four steps on real servers: calls, logins, time, and how long the application's login is refused. */
import { mariadbMissing } from "../../local-stack/mariadb-server.ts";
import { mysqlMissing } from "../../local-stack/mysql-server.ts";
import type { Strategy } from "../../src/rotation.ts";
import { probing } from "../../test/rotation/prober.ts";
import { mariadbSite, mysqlSite, postgresSite, type Site } from "../../test/rotation/sites.ts";
import { RotationWorld } from "../../test/rotation/world.ts";
import { median } from "../quantile.ts";
import type { Report } from "../row.ts";
import { timed } from "../timed.ts";

interface Bench {
  start: (folder: string) => Promise<Site>;
  strategies: readonly Strategy[];
  missing: string | undefined;
}

const both: readonly Strategy[] = ["single-user", "alternating-users"];
const benches: readonly Bench[] = [
  { start: postgresSite, strategies: both, missing: undefined },
  { start: mariadbSite, strategies: both, missing: mariadbMissing },
  { start: mysqlSite, strategies: both, missing: mysqlMissing },
];
const rounds = 20;
/** What a call to an API of AWS takes inside a region, give or take. */
const latencies = [0, 20];

export async function rotation(report: Report): Promise<void> {
  for (const { start, strategies } of benches.filter(({ missing }) => missing === undefined)) {
    const world = await RotationWorld.start(start);
    try {
      for (const strategy of strategies) await measure(world, strategy, report);
    } finally {
      await world.stop();
    }
  }
}

async function measure(world: RotationWorld, strategy: Strategy, report: Report): Promise<void> {
  const row = { bench: "rotation", engine: world.site.engine, at: strategy };
  const given = await world.given(strategy);
  await given.rotate();
  for (const latencyMs of latencies) {
    const taken: number[] = [];
    world.latencyMs = latencyMs;
    for (let round = 0; round < rounds; round++) {
      const run = await given.begin();
      world.calls = [];
      world.logins = 0;
      taken.push((await timed(() => given.do(run))).ms);
    }
    world.latencyMs = 0;
    const what = `four steps, ${latencyMs} ms for each API call`;
    report({ ...row, strategy: what, value: median(taken), unit: "ms", samples: rounds });
  }
  const calls = world.calls.filter((it) => it.includes("Secret")).length;
  report({ ...row, strategy: "calls to Secrets Manager", value: calls, unit: "", bar: 9 });
  report({ ...row, strategy: "calls to the table", value: world.calls.length - calls, unit: "" });
  report({ ...row, strategy: "logins", value: world.logins, unit: "", bar: 2 });
  await measureGap(world, strategy, report);
}

/** PostgreSQL keeps one password for a user: there AWSCURRENT is dead for a moment, for which the bar is its own. */
async function measureGap(world: RotationWorld, strategy: Strategy, report: Report): Promise<void> {
  const row = { bench: "rotation", engine: world.site.engine, at: strategy };
  const given = await world.given(strategy);
  const dead: number[] = [];
  let refused = 0;
  for (let round = 0; round < rounds; round++) {
    const found = await probing(world, given, async () => {
      await given.rotate();
    });
    refused += found.refused;
    dead.push(found.deadMs);
  }
  const hasGap = strategy === "single-user" && world.site.engine === "postgres";
  report({
    ...row,
    strategy: `refused logins in ${rounds} rotations`,
    value: refused,
    unit: "",
    ...(hasGap ? {} : { bar: 0 }),
  });
  if (!hasGap) return;
  const gap = { ...row, unit: "ms", samples: rounds } as const;
  report({ ...gap, strategy: "AWSCURRENT dead, median", value: median(dead), bar: 50 });
  report({ ...gap, strategy: "AWSCURRENT dead, longest", value: Math.max(...dead), bar: 50 });
}
