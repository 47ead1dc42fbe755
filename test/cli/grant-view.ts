import type { Receipt } from "../../src/receipt.ts";
import type { GrantView } from "../../src/views.ts";

export const id = "7k2m9q4x1c0z";

/** A request that waits for approval; a test says what is different. */
export function grantView(changes: Partial<GrantView> = {}): GrantView {
  return {
    id,
    version: 1,
    status: "requested",
    database: "orders",
    engine: "postgres",
    role: "read-only",
    model: "native",
    username: `jit_${id}`,
    requester: "rita",
    reason: "Why is order 4711 stuck?",
    durationSeconds: 1800,
    rule: "engineers-read",
    because: "engineers may read orders",
    approvalSteps: [{ anyOf: ["ada", "root"], minimum: 1 }],
    approvals: [],
    requestedAt: "2026-11-24T09:00:00.000Z",
    approveBy: "2036-11-24T17:00:00.000Z",
    verifierNumber: 1,
    verifierApplied: 0,
    ...changes,
  };
}

export function activeGrant(changes: Partial<GrantView> = {}): GrantView {
  return grantView({
    version: 4,
    status: "active",
    approvals: [{ id: "AIDAADA", name: "ada", at: "2026-11-24T09:01:00.000Z" }],
    activatedAt: "2026-11-24T09:01:02.000Z",
    expiresAt: "2036-11-24T09:31:02.000Z",
    verifierApplied: 1,
    connection: {
      host: "127.0.0.1",
      port: 5432,
      database: "orders",
      tls: "verify-full",
      ca: "-----PEM-----\n",
    },
    ...changes,
  });
}

export function receipt(changes: Partial<Receipt> = {}): Receipt {
  return {
    username: `jit_${id}`,
    userOid: "16432",
    fencedAt: "2026-11-24T09:20:00.100Z",
    droppedAt: "2026-11-24T09:20:00.200Z",
    readBackAt: "2026-11-24T09:20:00.300Z",
    sessionsEnded: 1,
    users: 0,
    sessions: 0,
    privileges: 0,
    objects: 0,
    preparedTransactions: 0,
    members: [
      { member: "orders", host: "127.0.0.1", port: 5432, sessions: 0, readAt: "2026-11-24T09:20:00.300Z" },
    ],
    moved: [],
    residue: [],
    ...changes,
  };
}

export function revokedGrant(changes: Partial<GrantView> = {}): GrantView {
  return activeGrant({
    version: 7,
    status: "revoked",
    end: { cause: "person", by: "rita", at: "2026-11-24T09:20:00.000Z" },
    closedAt: "2026-11-24T09:20:00.400Z",
    receipt: receipt(),
    ...changes,
  });
}
