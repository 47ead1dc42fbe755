import { expect, test } from "vitest";
import type { Grant } from "../../src/grant.ts";
import type { Receipt, Residue } from "../../src/receipt.ts";
import { outcomeOf } from "../../src/workflow/run-revoke.ts";

const now = new Date("2026-11-24T10:00:00.000Z");
// Only what an outcome depends on.
const grant = {
  id: "x",
  status: "revoking",
  end: { cause: "expiry", by: "dblease", at: "" },
} as unknown as Grant;

function receipt(residue: Residue["kind"][], sessions = 0): Receipt {
  const found = residue.map((kind) => ({ kind, where: "orders", what: kind }));
  return { sessions, residue: found } as unknown as Receipt;
}

test.each([
  ["nothing left is revoked", receipt([]), "revoked"],
  ["code left behind is for a person", receipt(["executable", "user"]), "quarantined"],
  [
    "a prepared transaction is for a person",
    receipt(["prepared_transaction", "user", "membership"]),
    "quarantined",
  ],
  ["a session that lives is never a quarantine", receipt(["executable", "session"], 1), "revoke_failed"],
  ["a member that could not be asked is no proof", receipt(["unreachable"]), "revoke_failed"],
  [
    "code and an unreachable member: try again first",
    receipt(["executable", "unreachable"]),
    "revoke_failed",
  ],
  ["a user that is still there is no proof", receipt(["user"]), "revoke_failed"],
] as const)("%s", (_title, it, status) => {
  expect(outcomeOf(grant, it, now).to).toBe(status);
});

test("a grant that never came about ends as grant_failed, proved like the others", () => {
  const failed = { ...grant, end: { cause: "failure", by: "dblease", at: "" } } as Grant;
  expect(outcomeOf(failed, receipt([]), now)).toMatchObject({
    to: "grant_failed",
    event: "GrantFailed",
    patch: { receipt: { residue: [] } },
  });
});

test("a clean read-back of members that RDS could not confirm is no proof yet", () => {
  expect(outcomeOf({ ...grant, membersAreOld: true }, receipt([]), now).to).toBe("revoke_failed");
});

test("failures are counted, so that the back-off grows", () => {
  const again = { ...grant, failure: { code: "X", message: "x", at: "", count: 4 } };
  expect(outcomeOf(again, receipt(["session"], 1), now).patch.failure).toMatchObject({
    code: "RESIDUE",
    count: 5,
  });
});
