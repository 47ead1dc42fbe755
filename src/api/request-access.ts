/** POST /grants: the rules decide first; a refused request starts nothing and leaves nothing. */
import { createHash } from "node:crypto";
import type * as z from "zod";
import { DbleaseError } from "../errors.ts";
import { type Grant, grantId } from "../grant.ts";
import type { RoleView } from "../views.ts";
import { openGrant } from "../workflow/open-grant.ts";
import type { Api, Call } from "./api.ts";
import type { requestBody } from "./bodies.ts";
import { roleView } from "./databases.ts";

type RequestBody = z.infer<typeof requestBody>;

function missing(field: string): never {
  throw new DbleaseError("BAD_REQUEST", `${field} is missing`, { next: `send ${field}` });
}

/** How far ahead an access may be planned, in days. */
const maxAheadDays = 30;

/** The planned start, if one is asked for. @throws BAD_REQUEST */
function plannedStart(body: RequestBody, now: Date): Date | undefined {
  if (body.startAt === undefined) return undefined;
  const start = new Date(body.startAt);
  const ahead = start.getTime() - now.getTime();
  if (ahead > 0 && ahead <= maxAheadDays * 86_400_000) return start;
  throw new DbleaseError("BAD_REQUEST", `startAt must lie ahead, by ${maxAheadDays} days at most`, {
    next: "leave it out to start at once",
  });
}

/** What makes a repeated call the same call: the caller's key, and what came with it. @throws BAD_REQUEST */
export function idempotencyOf(key: string | undefined, body: unknown): { key: string; fingerprint: string } {
  const known = key ?? missing("the header Idempotency-Key");
  if (!/^[\x21-\x7e]{8,200}$/.test(known)) {
    throw new DbleaseError("BAD_REQUEST", "Idempotency-Key must be 8 to 200 printable characters", {
      next: "send a random UUID",
    });
  }
  return { key: known, fingerprint: createHash("sha256").update(JSON.stringify(body)).digest("hex") };
}

/**
 * @param idempotencyKey the same key and body answer with the same grant, for a day.
 * @returns the new grant (or the one the key made before), or, for a dry run, what the rules say.
 * @throws BAD_REQUEST, BAD_VERIFIER, and what openGrant throws.
 */
export async function requestAccess(
  api: Api,
  call: Call,
  body: RequestBody,
  idempotencyKey: string | undefined,
): Promise<{ grant: Grant } | { decision: RoleView }> {
  const startAt = plannedStart(body, api.clock());
  if (body.dryRun) return { decision: roleView(call, body, startAt ?? api.clock()) };
  const reason = body.reason ?? missing("reason");
  const { verifier } = body;
  const idempotency = idempotencyOf(idempotencyKey, body);
  const grant = await openGrant(api, {
    ...call,
    id: grantId(api.random(12)),
    wish: { ...body, reason },
    ...(startAt ? { startAt } : {}),
    birth: { idempotency, ...(verifier === undefined ? {} : { verifier }) },
  });
  return { grant };
}
