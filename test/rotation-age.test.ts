import { expect, test } from "vitest";
import type { Rotation } from "../src/rotation.ts";
import { isGraceOver, type RotationSchedule, rotationObservations } from "../src/rotation-age.ts";

const rotation: Rotation = {
  id: "orders-app",
  secret: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-app-AbCdEf",
  user: "orders_app",
  strategy: "single-user",
  schedule: "rate(10 days)",
  database: { id: "orders", engine: "postgres", host: "h", port: 5432, database: "orders", adminSecret: "a" },
  host: "h",
  port: 5432,
  configuredAt: "2026-11-01T00:00:00.000Z",
  version: 1,
  status: "new",
};
const on = (day: number) => new Date(Date.UTC(2026, 10, day));
const found = (patch: Partial<Rotation>, day: number, schedule?: RotationSchedule) =>
  rotationObservations({ ...rotation, ...patch }, schedule, on(day)).map((it) => it.what);

test("a password is too old a day after its rate; one that never rotated counts from its configuration", () => {
  expect([found({}, 11), found({}, 13)]).toEqual([[], ["orders-app"]]);
  expect(found({ status: "succeeded", succeededAt: "2026-11-05T00:00:00.000Z" }, 13)).toEqual([]);
  expect(found({ schedule: "rate(12 hours)" }, 2)).toEqual([]);
  expect(found({ schedule: "rate(12 hours)" }, 3)).toEqual(["orders-app"]);
});

test("a cron schedule is late a day after its next date, or when its runs do not get through", () => {
  const cron = { schedule: "cron(0 3 ? * SUN *)" };
  expect(found(cron, 30)).toEqual([]);
  expect(found({ ...cron, status: "failed" }, 30)).toEqual(["orders-app"]);
  const schedule = { isOn: true, nextAt: "2026-11-22T03:00:00.000Z" };
  expect([found(cron, 23, schedule), found(cron, 24, schedule)]).toEqual([[], ["orders-app"]]);
});

test("a rotation that was turned off at Secrets Manager is reported, however young the password", () => {
  expect(rotationObservations(rotation, { isOn: false }, on(1))).toMatchObject([
    { kind: "old_password", what: "orders-app", repair: "npx cdk deploy" },
  ]);
});

test("grace is over once a run, when its time has passed, and only of the newest run that succeeded", () => {
  const run = { status: "succeeded", run: "a", succeededAt: "2026-11-05T00:00:00.000Z" } as const;
  const graceSeconds = 86_400;
  const isOver = (patch: Partial<Rotation>, day: number) => isGraceOver({ ...rotation, ...patch }, on(day));
  expect([isOver({ ...run, graceSeconds }, 5), isOver({ ...run, graceSeconds }, 6)]).toEqual([false, true]);
  expect(isOver(run, 30)).toBe(false);
  expect(isOver({ ...run, graceSeconds, graceEnded: "a" }, 30)).toBe(false);
  expect(isOver({ ...run, graceSeconds, status: "rotating" }, 30)).toBe(false);
  expect(isOver({ ...run, graceSeconds, removedAt: "2026-11-06T00:00:00.000Z" }, 30)).toBe(false);
});
