import { type Approval, type BreakGlass, entrances, type Grant } from "../grant.ts";
import type { ApprovalView, BreakGlassView, ConnectionView, GrantView } from "../views.ts";

function connection(grant: Grant): ConnectionView | undefined {
  const [entrance] = entrances(grant);
  if (!entrance) return undefined;
  const { host, port } = entrance;
  const { tls, database } = grant.database;
  return {
    host,
    port,
    database,
    tls: tls === "off" ? "off" : "verify-full",
    // The authority of the server, which is not that of a proxy: those have Amazon's public ones.
    ...(tls && tls !== "off" && !grant.proxy ? { ca: tls.ca } : {}),
  };
}

function word({ principal: _, ...shown }: Approval): ApprovalView {
  return shown;
}

function breakGlassView({ review, ...shown }: BreakGlass): BreakGlassView {
  return review ? { ...shown, review: word(review) } : shown;
}

/** What people see of a grant: no secret's ARN, no wake token, no lease. */
export function grantView(grant: Grant): GrantView {
  const {
    groupRole: _groupRole,
    configVersion: _configVersion,
    userOid: _userOid,
    members: _members,
    proxy: _proxy,
    membersAreOld: _membersAreOld,
    serverId: _serverId,
    formerMembers: _formerMembers,
    policyAbsentAt: _policyAbsentAt,
    grantAttempt: _grantAttempt,
    revokeNumber: _revokeNumber,
    lease: _lease,
    wakeToken: _wakeToken,
    dueAt: _dueAt,
    recheckedAt: _recheckedAt,
    expiryApplied: _expiryApplied,
    database,
    requester,
    approvals,
    denial,
    breakGlass,
    ...shown
  } = grant;
  const known = connection(grant);
  return {
    ...shown,
    database: database.id,
    engine: database.engine,
    requester: requester.name,
    approvals: approvals.map(word),
    ...(denial ? { denial: word(denial) } : {}),
    ...(breakGlass ? { breakGlass: breakGlassView(breakGlass) } : {}),
    ...(known ? { connection: known } : {}),
  };
}
