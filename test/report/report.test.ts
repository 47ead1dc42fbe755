/** The monthly report, of what the API answers: everything is in it, and nothing in it does more than stand there. */
import { expect, test } from "vitest";
import type { Api } from "../../cli/api.ts";
import { month, periodOfMonth } from "../../cli/report/month.ts";
import { gatherReport, latenessSeconds } from "../../cli/report/report.ts";
import { reportPage } from "../../cli/report/report-page.ts";
import type { HeldEntry } from "../../src/views.ts";
import { activeGrant, id, receipt } from "../cli/grant-view.ts";

const hostile = `"><script>alert(1)</script>'\u202e=cmd|' /*`;
const now = new Date("2026-12-03T10:00:00.000Z");

function held(changes: Parameters<typeof activeGrant>[0] = {}): HeldEntry {
  const grant = activeGrant({
    status: "revoked",
    closedAt: "2026-11-24T09:20:00.300Z",
    end: { cause: "person", by: "rita", at: "2026-11-24T09:19:59.300Z" },
    receipt: receipt(),
    ...changes,
  });
  return { grant, from: "2026-11-24T09:01:02.000Z", until: "2026-11-24T09:20:00.300Z", sessions: [] };
}

const finding = {
  id: "orders/stranger/mallory",
  database: "orders",
  kind: "stranger",
  what: "mallory",
  sentence: `mallory ${hostile}`,
  version: 2,
  openedAt: "2026-11-03T00:00:00.000Z",
  closedAt: "2026-11-05T00:00:00.000Z",
  seen: 2,
  seenAt: "2026-11-05T00:00:00.000Z",
  severity: "high",
  evidence: [],
  firstSeenAt: "2026-11-03T00:00:00.000Z",
};

/** Two pages of grants on one database, and a finding of the month after. */
const api = {
  auditPasswords: async () => ({
    unknown: ["Who read a secret before it was looked at."],
    passwords: [
      {
        id: "orders-app",
        database: "orders",
        secret: "s",
        overdue: true,
        readers: [],
        readersComplete: true,
      },
    ],
  }),
  findings: async (all: boolean, closedSince: string) => {
    expect([all, closedSince]).toEqual([true, "2026-11-01T00:00:00.000Z"]);
    const later = { ...finding, id: "later", sentence: "of December", openedAt: "2026-12-01T00:00:00.000Z" };
    return { findings: [finding, later], databases: [{ id: "orders" }] };
  },
  auditWho: async ({ page }: { page?: string }) =>
    page === undefined
      ? { held: [held({ reason: hostile, requester: hostile })], unknown: ["Who sat there."], next: "more" }
      : { held: [held({ id: "222222222222" })], unknown: ["Who sat there."] },
} as unknown as Api;

test("a month ends with it, or now", () => {
  expect(periodOfMonth("2026-02", now)).toEqual({
    from: "2026-02-01T00:00:00.000Z",
    to: "2026-02-28T23:59:59.999Z",
  });
  expect(periodOfMonth("2026-12", now).to).toBe(now.toISOString());
  for (const wrong of ["2026-13", "26-11", "2026-1", hostile]) expect(() => month(wrong)).toThrow("2026-11");
});

test("late is a receipt by the end that was wanted: an early one, or the planned one", () => {
  expect(latenessSeconds(held().grant)).toBe(1);
  const expired = {
    expiresAt: "2026-11-24T09:20:00.000Z",
    end: { cause: "expiry", by: "dblease", at: "" },
  } as const;
  expect(latenessSeconds(held(expired).grant)).toBe(0.3);
  expect(latenessSeconds(activeGrant())).toBeUndefined();
});

test("every page of grants, what was closed in the month, passwords and receipts are in it", async () => {
  const report = await gatherReport(api, "2026-11", periodOfMonth("2026-11", now));
  expect(report.held.map((it) => it.grant.id)).toEqual([id, "222222222222"]);
  expect(report.findings.map((it) => it.id)).toEqual([finding.id]);
  expect(report.people).toHaveLength(2);
  expect(report.unknown).toEqual(["Who read a secret before it was looked at.", "Who sat there."]);
  const page = reportPage(report, now);
  for (const it of [id, "222222222222", "orders-app", "2 of 2", "1.0 s", "Who sat there."]) {
    expect(page).toContain(it);
  }
  expect(page.match(/<article id=/g)).toHaveLength(2);
  expect(new Set(page.match(/ id="[^"]*"/g)).size).toBe(page.match(/ id="[^"]*"/g)?.length);
});

test("hostile words stand in it as text, and it loads nothing from anywhere", async () => {
  const report = await gatherReport(api, "2026-11", periodOfMonth("2026-11", now));
  const page = reportPage(report, now);
  expect(page).not.toContain("<script");
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(page).not.toContain("\u202e");
  expect(page).not.toMatch(/(src|href)="(?!#)/);
  expect(page).toContain("default-src 'none'");
  expect(page.match(/<\/style>/g)).toHaveLength(1);
});
