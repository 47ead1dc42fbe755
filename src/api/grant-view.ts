import type { Grant } from "../grant.ts";
import type { ConnectionView, GrantView } from "../views.ts";

function connection(grant: Grant): ConnectionView | undefined {
  const writer = grant.members?.[0];
  if (!writer) return undefined;
  const { tls, database } = grant.database;
  return {
    host: writer.host,
    port: writer.port,
    database,
    tls: tls === "off" ? "off" : "verify-full",
    ...(tls && tls !== "off" ? { ca: tls.ca } : {}),
  };
}

/** What people see of a grant: no secret's ARN, no wake token, no lease. */
export function grantView(grant: Grant): GrantView {
  const {
    model: _model,
    groupRole: _groupRole,
    configVersion: _configVersion,
    userOid: _userOid,
    members: _members,
    membersAreOld: _membersAreOld,
    grantAttempt: _grantAttempt,
    revokeNumber: _revokeNumber,
    lease: _lease,
    wakeToken: _wakeToken,
    dueAt: _dueAt,
    recheckedAt: _recheckedAt,
    expiryApplied: _expiryApplied,
    database,
    requester,
    ...shown
  } = grant;
  const known = connection(grant);
  return {
    ...shown,
    database: database.id,
    engine: database.engine,
    requester: requester.name,
    ...(known ? { connection: known } : {}),
  };
}
