/** What an API answers in tests of the page: three people, a database in trouble, and every word hostile on demand. */
import type { FindingView, GrantView, HeldEntry, RotationView } from "../../src/views.ts";
import { activeGrant, grantView, receipt, revokedGrant } from "../cli/grant-view.ts";

export const now = new Date("2026-11-24T10:00:00.000Z");

/** Turns each word that people or databases choose into something else; the identity: as they are. */
export type Wording = (text: string) => string;

export interface Records {
  held: GrantView;
  waiting: GrantView;
  owed: GrantView;
  ended: GrantView;
  leftBehind: GrantView;
  findings: FindingView[];
  rotations: RotationView[];
  sessions: HeldEntry["sessions"];
}

export function records(word: Wording = (text) => text): Records {
  const chosen = {
    database: word("orders"),
    role: word("read-only"),
    requester: word("rita"),
    reason: word("Why is order 4711 stuck?"),
    ticket: word("INC-88"),
    rule: word("engineers-read"),
    because: word("engineers may read orders"),
    approvalSteps: [{ anyOf: [word("ada"), word("root")], minimum: 1 }],
  };
  const approvals = [
    { id: word("AIDAADA"), name: word("ada"), at: "2026-11-24T09:01:00.000Z", reason: word("agreed") },
  ];
  const proof = receipt({
    username: word("jit_7k2m9q4x1c0z"),
    members: [
      {
        member: word("orders"),
        host: word("127.0.0.1"),
        port: 5432,
        sessions: 0,
        readAt: "2026-11-24T09:20:00.300Z",
      },
    ],
    moved: [
      { database: word("orders"), kind: word("table"), name: word("notes"), stripped: [word("bob: SELECT")] },
    ],
  });
  return {
    held: activeGrant({
      ...chosen,
      approvals,
      id: "1111111111aa",
      model: "iam",
      expiresAt: "2026-11-24T10:31:02.000Z",
    }),
    waiting: grantView({
      ...chosen,
      id: "2222222222aa",
      requestedAt: "2026-11-24T09:55:00.000Z",
      approveBy: "2026-11-24T17:00:00.000Z",
      requester: word("bob"),
    }),
    owed: revokedGrant({
      ...chosen,
      id: "3333333333aa",
      approvals,
      receipt: proof,
      requester: word("bob"),
      breakGlass: { reviewers: [word("ada")], reviewBy: "2026-11-25T09:00:00.000Z" },
    }),
    ended: revokedGrant({
      ...chosen,
      id: "4444444444aa",
      approvals,
      receipt: proof,
      requestedAt: "2026-11-24T06:00:00.000Z",
      activatedAt: "2026-11-24T06:01:02.000Z",
      end: { cause: "person", by: word("rita"), reason: word("done"), at: "2026-11-24T09:20:00.000Z" },
    }),
    leftBehind: activeGrant({
      ...chosen,
      id: "5555555555aa",
      approvals,
      status: "quarantined",
      requester: word("mallory"),
      failure: {
        code: "RESIDUE",
        message: word("it owns a function"),
        at: "2026-11-24T09:20:00.000Z",
        count: 2,
      },
      expiresAt: "2026-11-24T09:21:00.000Z",
      receipt: receipt({
        residue: [
          {
            kind: "executable",
            where: word("orders"),
            what: word("function public.leak()"),
            statement: word("DROP FUNCTION public.leak()"),
          },
        ],
      }),
    }),
    findings: [
      {
        id: word("orders/foreign_user/jit_x"),
        database: chosen.database,
        kind: "foreign_user",
        what: word("jit_x"),
        version: 2,
        severity: "high",
        sentence: word("jit_x is named like a user of dblease, and is none"),
        evidence: [],
        openedAt: "2026-11-24T08:10:00.000Z",
        firstSeenAt: "2026-11-24T08:10:00.000Z",
        closedAt: "2026-11-24T09:30:00.000Z",
        seen: 2,
        seenAt: "2026-11-24T09:20:00.000Z",
      },
      {
        id: "*/policy/role/deploy",
        database: "*",
        kind: "policy",
        what: word("role/deploy"),
        version: 1,
        severity: "high",
        sentence: word("role/deploy may open every database by a token, and needs no grant for it"),
        evidence: [word("inline policy admin: rds-db:connect on *")],
        openedAt: "2026-11-24T07:30:00.000Z",
        firstSeenAt: "2026-11-24T07:30:00.000Z",
        seen: 1,
        seenAt: "2026-11-24T09:50:00.000Z",
      },
      {
        id: word("orders/stranger/bob"),
        database: chosen.database,
        kind: "stranger",
        what: word("bob"),
        version: 1,
        severity: "high",
        sentence: word("bob is in jit_read_only, and no grant put him there"),
        evidence: [word("member since this morning")],
        repair: word("REVOKE jit_read_only FROM bob"),
        openedAt: "2026-11-24T08:00:00.000Z",
        firstSeenAt: "2026-11-24T08:00:00.000Z",
        seen: 3,
        seenAt: "2026-11-24T09:50:00.000Z",
        acknowledged: {
          by: word("olga"),
          reason: word("being mended"),
          at: "2026-11-24T09:00:00.000Z",
          until: "2026-11-30T00:00:00.000Z",
        },
      },
    ],
    rotations: [
      {
        id: word("orders-app"),
        secret: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:orders-app",
        database: chosen.database,
        user: word("orders_app"),
        strategy: "alternating-users",
        schedule: "rate(30 days)",
        status: "failed",
        passwordSince: "2026-10-01T00:00:00.000Z",
        overdue: true,
        gapPossible: false,
        failure: {
          step: "setSecret",
          code: "DATABASE_REFUSED",
          message: word("refused"),
          next: word("look at the secret"),
          at: "2026-11-24T00:00:00.000Z",
        },
        differences: [{ sentence: word("the pair differs"), repair: word("GRANT x TO y") }],
      },
    ],
    sessions: [
      {
        connection: "1",
        startedAt: "2026-11-24T09:05:00.000Z",
        endedAt: "2026-11-24T09:20:00.000Z",
        endedBy: "revoke",
        address: word("10.0.0.7"),
        application: word("psql"),
      },
    ],
  };
}
