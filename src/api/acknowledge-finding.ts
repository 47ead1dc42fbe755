/** POST /findings/acknowledge: somebody knows of a finding and leaves it, until a date. */
import { DbleaseError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { changeFinding, findFinding } from "../store/findings.ts";
import { isConditionFailure } from "../store/table.ts";
import type { FindingView } from "../views.ts";
import { type Call, isAdmin } from "./api.ts";
import { findingView } from "./finding-view.ts";
import type { ApiParts } from "./routes.ts";

const longestDays = 366;

function assertEnd(until: string, now: Date): void {
  const left = Date.parse(until) - now.getTime();
  if (left > 0 && left <= longestDays * 86_400_000) return;
  throw new DbleaseError("BAD_REQUEST", `until: ${until} is not within the next ${longestDays} days`, {
    next: "name a day of the coming year",
  });
}

async function openFinding(api: ApiParts, id: string): Promise<Finding> {
  const finding = await findFinding(api.table, id);
  if (finding && finding.closedAt === undefined) return finding;
  throw new DbleaseError("NOT_FOUND", `there is no open finding "${id.slice(0, 200)}"`, {
    next: "dblease audit findings lists them with their ids",
  });
}

/** @throws NOT_ALLOWED, NOT_FOUND, BAD_REQUEST, CONFLICT */
export async function acknowledgeFinding(
  api: ApiParts,
  call: Call,
  wish: { finding: string; reason: string; until: string },
): Promise<FindingView> {
  if (!isAdmin(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only administrators may acknowledge findings", {
      next: "ask one of admins in dblease.yaml",
    });
  }
  const now = api.clock();
  assertEnd(wish.until, now);
  const finding = await openFinding(api, wish.finding);
  const at = now.toISOString();
  const by = call.person.name;
  const until = new Date(wish.until).toISOString();
  const acknowledged = {
    ...finding,
    version: finding.version + 1,
    acknowledged: { by, reason: wish.reason, at, until },
  };
  const event = { name: "FindingAcknowledged", at, actor: by } as const;
  await changeFinding(api.table, acknowledged, event).catch((error: unknown) => {
    if (!isConditionFailure(error)) throw error;
    throw new DbleaseError("CONFLICT", "the finding has just been changed by somebody else", {
      next: "dblease audit findings",
      cause: error,
    });
  });
  return findingView(acknowledged);
}
