import { expect, test } from "vitest";
import type { Grant } from "../src/grant.ts";
import { lateRevokes } from "../src/late-revokes.ts";

const now = new Date("2026-11-24T12:00:00.000Z");

function grant(status: Grant["status"], more: Partial<Grant> = {}): Grant {
  const base = { id: "7k2m9q4x1c0z", username: "jit_7k2m9q4x1c0z", database: { id: "orders" }, status };
  return { ...base, ...more } as unknown as Grant;
}

test.each<[Grant, string[]]>([
  [grant("active", { expiresAt: "2026-11-24T11:59:00.000Z" }), []],
  [grant("active", { expiresAt: "2026-11-24T11:57:00.000Z" }), ["dblease revoke 7k2m9q4x1c0z"]],
  [grant("revoking", { expiresAt: "2026-11-24T11:57:00.000Z" }), ["dblease revoke 7k2m9q4x1c0z"]],
  [grant("revoke_failed"), ["dblease revoke 7k2m9q4x1c0z"]],
  [grant("quarantined"), ["dblease show 7k2m9q4x1c0z"]],
  [grant("requested"), []],
])("%#", (it, repairs) => {
  expect(lateRevokes([it], now).map(({ repair }) => repair)).toEqual(repairs);
});

test("why a revoke failed is told", () => {
  const failure = { code: "DATABASE_UNREACHABLE", message: "connection refused", at: "", count: 3 };
  expect(lateRevokes([grant("revoke_failed", { failure } as Partial<Grant>)], now)).toMatchObject([
    { evidence: ["grant 7k2m9q4x1c0z is revoke_failed", "DATABASE_UNREACHABLE: connection refused"] },
  ]);
});
