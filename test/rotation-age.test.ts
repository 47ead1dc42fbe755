import { expect, test } from "vitest";
import type { Rotation } from "../src/rotation.ts";
import { overdueRotations } from "../src/rotation-age.ts";

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
const found = (patch: Partial<Rotation>, day: number) =>
  overdueRotations([{ ...rotation, ...patch }], "orders", on(day)).map((it) => it.what);

test("a password is too old a day after its rate; one that never rotated counts from its configuration", () => {
  expect([found({}, 11), found({}, 13)]).toEqual([[], ["orders-app"]]);
  expect(found({ status: "succeeded", succeededAt: "2026-11-05T00:00:00.000Z" }, 13)).toEqual([]);
  expect(found({ schedule: "rate(12 hours)" }, 2)).toEqual([]);
  expect(found({ schedule: "rate(12 hours)" }, 3)).toEqual(["orders-app"]);
});

test("of a cron schedule only a run that does not get through is known to be late", () => {
  const cron = { schedule: "cron(0 3 ? * SUN *)" };
  expect(found(cron, 30)).toEqual([]);
  expect(found({ ...cron, status: "failed" }, 30)).toEqual(["orders-app"]);
});

test("other databases and rotations that were taken out are not looked at", () => {
  expect(found({ removedAt: "2026-11-02T00:00:00.000Z" }, 30)).toEqual([]);
  expect(overdueRotations([rotation], "stock", on(30))).toEqual([]);
});
