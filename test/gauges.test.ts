import { expect, test } from "vitest";
import { gauges, metricLine } from "../src/gauges.ts";
import type { Grant } from "../src/grant.ts";

const now = new Date("2026-11-24T10:00:00.000Z");
const ended = "2026-11-24T09:57:59.000Z";
const justEnded = "2026-11-24T09:58:01.000Z";

function grant(status: Grant["status"], expiresAt: string | undefined): Grant {
  return { status, expiresAt } as unknown as Grant;
}

test.each([
  ["active, two minutes past its end", grant("active", ended), 1],
  ["being revoked for as long", grant("revoking", ended), 1],
  ["being made, and its time is over", grant("granting", ended), 1],
  ["active, its end just passed", grant("active", justEnded), 0],
  ["fenced: it has an alarm of its own", grant("revoke_failed", ended), 0],
  ["fenced, and a person has to look", grant("quarantined", ended), 0],
  ["waiting: nothing is open yet", grant("requested", undefined), 0],
  ["over, to be looked at once more", grant("revoked", ended), 0],
])("late or not: %s", (_, it, late) => {
  expect(gauges([it], now).LateRevokes).toBe(late);
});

test("every kind is counted, and the sweep itself", () => {
  const open = [
    grant("requested", undefined),
    grant("active", "2026-11-24T11:00:00.000Z"),
    grant("revoke_failed", ended),
    grant("quarantined", ended),
  ];
  expect(gauges(open, now)).toEqual({
    OpenGrants: 4,
    ActiveGrants: 1,
    RevokeFailed: 1,
    Quarantined: 1,
    LateRevokes: 0,
    Sweeps: 1,
  });
});

test("the line is one line in CloudWatch's embedded metric format", () => {
  const line = metricLine({ Sweeps: 1, LateRevokes: 0 }, now);
  expect(line).not.toContain("\n");
  expect(JSON.parse(line)).toEqual({
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: "dblease",
          Dimensions: [[]],
          Metrics: [
            { Name: "Sweeps", Unit: "Count" },
            { Name: "LateRevokes", Unit: "Count" },
          ],
        },
      ],
    },
    Sweeps: 1,
    LateRevokes: 0,
  });
});
