import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { GrantEvent } from "../../src/events.ts";
import type { Grant, Instant } from "../../src/grant.ts";
import { holdGrant } from "../../src/store/held-grants.ts";
import { noteSession } from "../../src/store/sessions.ts";
import { keys, type Table } from "../../src/store/table.ts";

/** A grant that was given, used and proved to be gone. */
export function closedGrant(id: string, from: Instant, until: Instant, changes: Partial<Grant> = {}): Grant {
  const username = `jit_${id}`;
  return {
    id,
    version: 7,
    status: "revoked",
    model: "native",
    database: { id: "orders", engine: "postgres", database: "orders" },
    role: "read-only",
    groupRole: "dbl_orders__read_only",
    username,
    requester: {
      id: "person/rita",
      name: "rita",
      principal: { arn: "arn:aws:iam::000000000000:user/rita", uniqueId: "AIDARITA" },
    },
    reason: "why?",
    durationSeconds: 1800,
    rule: "read",
    because: "rule read allows it once ada approves",
    configVersion: 1,
    approvalSteps: [{ anyOf: ["ada"], minimum: 1 }],
    approvals: [{ id: "person/ada", name: "ada", at: from, reason: "go ahead" }],
    requestedAt: from,
    approveBy: until,
    activatedAt: from,
    expiresAt: until,
    end: { cause: "expiry", by: "dblease", at: until },
    closedAt: until,
    verifierNumber: 1,
    verifierApplied: 1,
    revokeNumber: 1,
    receipt: {
      username,
      fencedAt: until,
      droppedAt: until,
      readBackAt: until,
      sessionsEnded: 1,
      users: 0,
      sessions: 0,
      privileges: 0,
      objects: 0,
      preparedTransactions: 0,
      members: [],
      moved: [],
      residue: [],
    },
    ...changes,
  };
}

/** The last event of a grant, as the table's stream tells it. */
export function lastEvent(grant: Grant): GrantEvent {
  return {
    id: `${grant.id}-${grant.version}`,
    name: grant.closedAt ? "GrantRevoked" : "GrantActivated",
    at: grant.closedAt ?? grant.activatedAt ?? grant.requestedAt,
    version: grant.version,
    actor: "dblease",
    to: grant.status,
    grant: { ...grant, database: grant.database.id },
  };
}

/** As the table has it after its end: the row, the pointers of its days, one session that the revoke ended. */
export async function store(table: Table, grant: Grant): Promise<Grant> {
  await table.client.send(
    new PutCommand({ TableName: table.name, Item: { ...keys.grant(grant.id), ...grant } }),
  );
  await holdGrant(table, lastEvent(grant));
  const about = {
    username: grant.username,
    connection: `10.0.1.9(${grant.id.length})[77]`,
    address: "10.0.1.9",
  };
  const { activatedAt = "", end } = grant;
  await noteSession(table, grant.id, "1", {
    ...about,
    kind: "opened",
    at: activatedAt,
    application: "psql",
    tls: true,
  });
  if (!end) return grant;
  await noteSession(table, grant.id, "2", { ...about, kind: "killed", at: end.at, code: "57P01" });
  await noteSession(table, grant.id, "3", { ...about, kind: "ended", at: end.at });
  return grant;
}
