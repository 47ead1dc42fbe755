import fc from "fast-check";
import { expect, test } from "vitest";
import { fitted, rowsOf, spanOf, ticksOf } from "../../cli/console/lane.ts";
import { cases } from "../fuzz/cases.ts";

const instant = fc
  .integer({ min: Date.parse("2020-01-01"), max: Date.parse("2030-01-01") })
  .map((it) => new Date(it).toISOString());
const stretch = fc
  .tuple(instant, instant)
  .map(([one, other]) => (one < other ? { since: one, until: other } : { since: other, until: one }));
const period = stretch.filter((it) => it.since < it.until).map((it) => ({ from: it.since, to: it.until }));

test("a span lies inside the drawing, and is there exactly when it touches the period", () => {
  fc.assert(
    fc.property(stretch, period, ({ since, until }, it) => {
      const span = spanOf(since, until, it);
      expect(span !== undefined).toBe(since <= it.to && until >= it.from);
      if (!span) return;
      expect(span.x).toBeGreaterThanOrEqual(0);
      expect(span.width).toBeGreaterThan(0);
      expect(span.x + span.width).toBeLessThanOrEqual(100.000001);
    }),
    cases(),
  );
});

test("nothing is lost in rows, and in a row nothing overlaps", () => {
  fc.assert(
    fc.property(fc.array(stretch), (bars) => {
      const rows = rowsOf(bars);
      expect(rows.flat().length).toBe(bars.length);
      for (const row of rows)
        for (const [place, bar] of row.entries())
          if (place > 0) expect((row[place - 1]?.until ?? "") <= bar.since).toBe(true);
    }),
    cases(),
  );
});

test("of any period there are a few instants to write under it, all inside", () => {
  fc.assert(
    fc.property(period, (it) => {
      const ticks = ticksOf(it).map((tick) => tick.toISOString());
      expect(ticks.length).toBeLessThanOrEqual(9);
      for (const tick of ticks) expect(tick >= it.from && tick <= it.to).toBe(true);
    }),
    cases(),
  );
});

test("a fitted period is a part of the asked one and keeps what happened", () => {
  fc.assert(
    fc.property(period, fc.array(instant), (it, instants) => {
      const fit = fitted(it, instants);
      expect(fit.from >= it.from && fit.to <= it.to).toBe(true);
      for (const one of instants.filter((at) => at >= it.from && at <= it.to))
        expect(fit.from <= one && one <= fit.to).toBe(true);
    }),
    cases(),
  );
});
