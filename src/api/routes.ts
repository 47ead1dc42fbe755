/** The routes of the API: what comes in, which action it is, what goes out. docs/api.md shows each with an example. */

import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { AdminFunctions } from "../admin-order.ts";
import { planOf } from "../engines/plan.ts";
import { DbleaseError } from "../errors.ts";
import { type Grant, usernameOf } from "../grant.ts";
import { groupRoleName } from "../group-role.ts";
import { databaseSnapshot } from "../snapshot.ts";
import type { PlanView } from "../views.ts";
import type { Digests } from "../workflow/digest-days.ts";
import { modelOf } from "../workflow/model-of.ts";
import { acknowledgeFinding } from "./acknowledge-finding.ts";
import { type Api, type Call, visibleGrant } from "./api.ts";
import { auditRoutes } from "./audit.ts";
import { listBackfills, startBackfill } from "./backfills.ts";
import {
  acknowledgeBody,
  backfillBody,
  databasesQuery,
  extendBody,
  findingsQuery,
  fleetBody,
  freezeBody,
  liftBody,
  parseBody,
  prepareBody,
  reasonBody,
  reconcileBody,
  requestBody,
  reviewBody,
  verifierBody,
} from "./bodies.ts";
import { claimDraft, listDrafts } from "./claim-draft.ts";
import { databaseViews, roleView } from "./databases.ts";
import { approve, cancel, deny } from "./decide-request.ts";
import { explainPolicy } from "./explain-policy.ts";
import { extend } from "./extend-grant.ts";
import { accept, listFindings, reconcileNow } from "./findings.ts";
import { freeze, lift } from "./freezes.ts";
import { grantView } from "./grant-view.ts";
import type { Route } from "./http-handler.ts";
import { enableIam, showIam } from "./iam-authentication.ts";
import { takeInventory } from "./inventory.ts";
import { listGrants } from "./list-grants.ts";
import { scanNow } from "./policy-scans.ts";
import { runAdmin } from "./prepare.ts";
import { replaceVerifier } from "./replace-verifier.ts";
import { requestAccess } from "./request-access.ts";
import type { Answer } from "./respond.ts";
import { review } from "./review-grant.ts";
import { revoke } from "./revoke-grant.ts";
import { fleetReport, rotateFleet } from "./rotate-fleet.ts";
import { listRotations, rotateNow } from "./rotations.ts";

export interface ApiParts extends Api {
  /** For rotations: labels and schedules, never a value. */
  secrets: SecretsManagerClient;
  admin: AdminFunctions;
  /** ARN of the workflow that rotates many. */
  fleetMachine: string;
  /** Where backfills run, and what they look for. */
  backfill: { machine: string; region: string; connectRole: string | undefined };
  /** Name of the function that turns on IAM authentication. */
  enableIam: string;
  /** Name of the function that looks through IAM. */
  scanPolicies: string;
  /** Where digests are; undefined: no archive is deployed. */
  archive: Digests | undefined;
}

type ApiRoute = Route<ApiParts>;

function accepted(grant: Grant): Answer {
  return { status: 202, body: grantView(grant) };
}

async function showPlan(api: ApiParts, call: Call, id: string, role: string | undefined): Promise<Answer> {
  const now = api.clock();
  const view = roleView(call, { database: id, role: role ?? "" }, now);
  if (!view.allowed || !role) throw new DbleaseError("REFUSED", view.because, { next: "dblease databases" });
  const grantId = "0".repeat(12);
  const { config } = call.stored;
  const user = {
    username: usernameOf(grantId),
    marker: { installation: "this-installation", grantId },
    groupRole: groupRoleName(id, role),
    expiresAt: new Date(now.getTime() + view.defaultSeconds * 1000).toISOString(),
    connectionLimit: 10,
    deadline: new Date(now.getTime() + 90_000).toISOString(),
  };
  const statements = planOf(databaseSnapshot(config, id).engine, user, await modelOf(api.rds, config, id));
  const body: PlanView = { database: id, role, ...statements };
  return { status: 200, body };
}

/** What people do with a grant, with a reason if they like. */
function decision(
  verb: string,
  act: (api: Api, call: Call, id: string, reason: string | undefined) => Promise<Grant>,
): ApiRoute {
  return {
    method: "POST",
    path: `/grants/{id}/${verb}`,
    run: async (api, call, { id, body }) =>
      accepted(await act(api, call, id, parseBody(reasonBody, body).reason)),
  };
}

export const routes: readonly ApiRoute[] = [
  ...auditRoutes,
  {
    method: "GET",
    path: "/audit/backfills",
    run: async (api, call) => ({ status: 200, body: { backfills: await listBackfills(api, call) } }),
  },
  {
    method: "POST",
    path: "/audit/backfills",
    run: async (api, call, { body }) => ({
      status: 202,
      body: await startBackfill(api, call, parseBody(backfillBody, body)),
    }),
  },
  {
    method: "POST",
    path: "/grants",
    run: async (api, call, input) => {
      const made = await requestAccess(api, call, parseBody(requestBody, input.body), input.idempotencyKey);
      return "grant" in made
        ? { status: 201, body: grantView(made.grant) }
        : { status: 200, body: made.decision };
    },
  },
  {
    method: "GET",
    path: "/grants",
    run: async (api, call, { query }) => {
      const listing = (["mine", "toApprove", "toReview"] as const).find((it) => query[it] === "true");
      const grants = await listGrants(api, call, listing);
      return { status: 200, body: { grants: grants.map(grantView) } };
    },
  },
  {
    method: "GET",
    path: "/grants/{id}",
    run: async (api, call, { id }) => ({ status: 200, body: grantView(await visibleGrant(api, call, id)) }),
  },
  decision("approve", approve),
  decision("deny", deny),
  decision("cancel", cancel),
  decision("revoke", revoke),
  {
    method: "GET",
    path: "/drafts",
    run: async (api, call) => ({ status: 200, body: { drafts: await listDrafts(api, call) } }),
  },
  {
    method: "POST",
    path: "/grants/{id}/claim",
    run: async (api, call, { id, body, idempotencyKey }) => {
      const grant = await claimDraft(api, call, id, parseBody(verifierBody, body), idempotencyKey);
      return { status: 201, body: grantView(grant) };
    },
  },
  {
    method: "POST",
    path: "/grants/{id}/review",
    run: async (api, call, { id, body }) =>
      accepted(await review(api, call, id, parseBody(reviewBody, body).reason)),
  },
  {
    method: "POST",
    path: "/grants/{id}/extend",
    run: async (api, call, { id, body }) =>
      accepted(await extend(api, call, id, parseBody(extendBody, body).durationSeconds)),
  },
  {
    method: "PUT",
    path: "/grants/{id}/verifier",
    run: async (api, call, { id, body }) =>
      accepted(await replaceVerifier(api, call, id, parseBody(verifierBody, body).verifier)),
  },
  {
    method: "POST",
    path: "/freezes",
    run: async (api, call, input) => {
      const { scope, reason } = parseBody(freezeBody, input.body);
      return { status: 201, body: await freeze(api, call, scope, reason) };
    },
  },
  {
    method: "POST",
    path: "/freezes/lift",
    run: async (api, call, { body }) => ({
      status: 200,
      body: await lift(api, call, parseBody(liftBody, body).scope),
    }),
  },
  {
    method: "GET",
    path: "/policy/explain",
    run: async (api, call, { query }) => {
      const { as = "", database = "", role = "", reason, ticket } = query;
      const breakGlass = query.breakGlass === "true";
      const wish = { database, role, reason, ticket, breakGlass };
      return { status: 200, body: await explainPolicy(api, call, as, wish) };
    },
  },
  {
    method: "GET",
    path: "/findings",
    async run(api, call, { query }) {
      const { acknowledged, closedSince } = parseBody(findingsQuery, query);
      return {
        status: 200,
        body: await listFindings(api, call, { all: acknowledged === "true", closedSince }),
      };
    },
  },
  {
    method: "GET",
    path: "/inventory",
    run: async (api, call) => ({ status: 200, body: await takeInventory(api, call) }),
  },
  {
    method: "POST",
    path: "/findings/acknowledge",
    run: async (api, call, { body }) => ({
      status: 200,
      body: await acknowledgeFinding(api, call, parseBody(acknowledgeBody, body)),
    }),
  },
  {
    method: "POST",
    path: "/policy-scans",
    run: async (api, call) => ({ status: 202, body: await scanNow(api, call) }),
  },
  {
    method: "POST",
    path: "/reconciliations",
    run: async (api, call, { body }) => ({
      status: 202,
      body: await reconcileNow(api, call, parseBody(reconcileBody, body).database),
    }),
  },
  {
    method: "POST",
    path: "/databases/{id}/accept",
    run: async (api, call, { id }) => ({ status: 200, body: await accept(api, call, id) }),
  },
  {
    method: "GET",
    path: "/rotations",
    run: async (api, call) => ({ status: 200, body: await listRotations(api, call) }),
  },
  {
    method: "POST",
    path: "/rotations/{id}/rotate",
    run: async (api, call, { id }) => ({ status: 202, body: await rotateNow(api, call, id) }),
  },
  {
    method: "POST",
    path: "/fleet-rotations",
    run: async (api, call, { body }) => ({
      status: 202,
      body: await rotateFleet(api, call, parseBody(fleetBody, body)),
    }),
  },
  {
    method: "GET",
    path: "/fleet-rotations/{id}",
    run: async (api, call, { id }) => ({ status: 200, body: await fleetReport(api, call, id) }),
  },
  {
    method: "GET",
    path: "/databases",
    run: async (api, call, { query }) => {
      const { startAt } = parseBody(databasesQuery, query);
      const at = startAt === undefined ? api.clock() : new Date(startAt);
      return { status: 200, body: { databases: databaseViews(call, at) } };
    },
  },
  {
    method: "GET",
    path: "/databases/{id}/plan",
    run: async (api, call, { id, query }) => showPlan(api, call, id, query.role),
  },
  {
    method: "POST",
    path: "/databases/{id}/doctor",
    run: async (api, call, { id }) => ({ status: 200, body: await runAdmin(api, call, id, "doctor") }),
  },
  {
    method: "GET",
    path: "/databases/{id}/iam",
    run: async (api, call, { id }) => ({ status: 200, body: await showIam(api, call, id) }),
  },
  {
    method: "POST",
    path: "/databases/{id}/enable-iam",
    run: async (api, call, { id }) => ({ status: 202, body: await enableIam(api, call, id) }),
  },
  {
    method: "POST",
    path: "/databases/{id}/prepare",
    run: async (api, call, { id, body }) => {
      const action = parseBody(prepareBody, body ?? {}).adminByIam ? "move-admin" : "prepare";
      return { status: 200, body: await runAdmin(api, call, id, action) };
    },
  },
];
