import type { Api, Decision } from "../../cli/api.ts";
import { Failure } from "../../cli/failure.ts";
import type { GrantView } from "../../src/views.ts";
import type { Records } from "./played-records.ts";

/** The API as this person has it, without a network, and every change that was asked for. */
export interface PlayedApi {
  api: Api;
  changes: string[];
}

/**
 * Plays the API for the page alone; the real one answers in test/journeys/console.test.ts. What the page must never call
 * is not there.
 */
export function playedApi(it: Records, { auditor }: { auditor: boolean }): PlayedApi {
  const changes: string[] = [];
  const all = [it.held, it.waiting, it.owed, it.ended, it.leftBehind];
  const forAuditors = <Answer>(answer: Answer): Promise<Answer> =>
    auditor
      ? Promise.resolve(answer)
      : Promise.reject(new Failure("NOT_ALLOWED", "only auditors may ask the audit", "ask one of auditors"));
  const find = (id: string): GrantView => {
    const grant = all.find((one) => one.id === id);
    if (!grant) throw new Failure("NOT_FOUND", `there is no grant ${id} that you may see`, "dblease grants");
    return grant;
  };
  const moments = (grant: GrantView) =>
    grant.model === "iam"
      ? [
          {
            at: "2026-11-24T09:02:00.000Z",
            name: "TokenIssued",
            actor: grant.requester,
            sentence: grant.reason,
            grantId: grant.id,
          },
        ]
      : [
          {
            at: grant.requestedAt,
            name: "GrantRequested",
            actor: grant.requester,
            sentence: grant.reason,
            grantId: grant.id,
          },
        ];
  const role = {
    name: it.held.role,
    allowed: true,
    approvalNeeded: true,
    breakGlass: false,
    approvalSteps: it.held.approvalSteps,
    maxSeconds: 3600,
    defaultSeconds: 900,
    because: it.held.because,
  };
  const played: Partial<Api> = {
    grants: async (listing) => {
      if (listing === "toApprove") return [it.waiting];
      if (listing === "toReview") return [it.owed];
      return listing === "mine" ? [it.held, it.ended] : all;
    },
    grant: async (id) => find(id),
    databases: async () => [
      { id: it.held.database, engine: "postgres", provenAgainst: "real server", roles: [role] },
    ],
    findings: (_all, closedSince) =>
      forAuditors({
        findings: it.findings.filter(({ closedAt }) => closedAt === undefined || closedSince !== undefined),
        databases: [{ id: it.held.database }],
      }),
    rotations: () => forAuditors(it.rotations),
    auditGrant: (id) =>
      forAuditors({
        grant: find(id),
        moments: moments(find(id)),
        sessions: it.sessions,
        refusals: [],
        unknown: ["Who sat there."],
      }),
    auditWho: ({ database, from, to }) =>
      forAuditors({
        database,
        from,
        to,
        held: [it.held, it.owed, it.ended, it.leftBehind].map((grant) => ({
          grant,
          from: grant.activatedAt ?? grant.requestedAt,
          until: grant.closedAt ?? grant.expiresAt ?? to,
          sessions: it.sessions,
        })),
        unknown: ["Who sat there."],
      }),
    auditPerson: ({ person, from, to }) =>
      forAuditors({ person, from, to, moments: moments(it.held), unknown: ["Who sat there."] }),
    auditPasswords: (period) =>
      forAuditors({
        ...period,
        passwords: it.rotations.map(({ id, database, user, secret, passwordSince: since }) => ({
          ...{ id, database, user, secret, since },
          overdue: true,
          readers: [{ reader: it.held.requester, count: 3, lastAt: since }],
          readersComplete: false,
        })),
        unknown: ["Who sat there."],
      }),
    async decide(id: string, decision: Decision, reason?: string) {
      changes.push([decision, id, reason].join(" "));
      return find(id);
    },
    async review(id, reason) {
      changes.push(`review ${id} ${reason}`);
      return find(id);
    },
  };
  // What is left out is not called by any page; should one do so, it fails.
  return { api: played as Api, changes };
}
