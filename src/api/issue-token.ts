/** POST /grants/{id}/token: a login token for the requester of an active grant by IAM. Every answer is recorded. */
import { createHash } from "node:crypto";
import { DbleaseError } from "../errors.ts";
import { scopesOf } from "../freeze.ts";
import { entrances, type Grant, isDue, type Member } from "../grant.ts";
import { type Broker, signForGrant } from "../iam/broker.ts";
import { replacedBy } from "../replaced.ts";
import { assertNotFrozen } from "../store/freezes.ts";
import { countToken, recordIssued, recordRefused } from "../store/tokens.ts";
import type { TokenEvent } from "../token.ts";
import type { TokenView } from "../views.ts";
import type { CurrentServer } from "../workflow/current-server.ts";
import { type Api, type Call, isOwn, visibleGrant, wrongStatus } from "./api.ts";

export interface TokenApi extends Omit<Api, "workflows" | "rds" | "personPolicies"> {
  broker: Broker;
  currentServer: CurrentServer;
}

/** A pool that opens connections in a burst stays below it; whoever does not, hears of it. RDS itself takes 200 a second. */
const tokensPerMinute = 120;
const tokenSeconds = 900;

function entranceOf(grant: Grant, wanted: string | undefined): Member {
  const all = entrances(grant);
  const found = wanted === undefined ? all[0] : all.find((it) => it.id === wanted);
  if (found) return found;
  throw new DbleaseError(
    "NOT_FOUND",
    `no token for ${wanted}: users of ${grant.database.id} log in elsewhere`,
    {
      next: `one of ${all.map((it) => it.id).join(", ")}`,
    },
  );
}

/**
 * A token opens the server of the grant alone, whatever stands under its name: the session policy names its resource id. So
 * this is for the person, and RDS may be down.
 */
async function assertNotReplaced(api: TokenApi, grant: Grant): Promise<void> {
  const current = await api.currentServer(grant).catch(() => undefined);
  const because = current && replacedBy(grant, current);
  if (because) throw new DbleaseError("REFUSED", because, { next: "the grant ends; request access again" });
}

async function assertMayHave(api: TokenApi, call: Call, grant: Grant): Promise<void> {
  if (!isOwn(call, grant)) {
    throw new DbleaseError("NOT_ALLOWED", "only the requester gets tokens of this grant", {
      next: "request access of your own: dblease request",
    });
  }
  if (grant.model !== "iam") {
    throw new DbleaseError("WRONG_STATUS", `grant ${grant.id} logs in by a password`, {
      next: `dblease credential ${grant.id}`,
    });
  }
  if (grant.personRole) {
    throw new DbleaseError(
      "WRONG_STATUS",
      `tokens of grant ${grant.id} are signed by role ${grant.personRole}`,
      {
        next: `dblease token ${grant.id}, which assumes it and signs on your machine`,
      },
    );
  }
  if (grant.status !== "active" || isDue(grant, api.clock())) throw wrongStatus(grant, "given a token");
  await assertNotFrozen(api.table, scopesOf(grant.database.id, grant.requester.name));
  if ((await countToken(api.table, grant, api.clock())) > tokensPerMinute) {
    throw new DbleaseError("TOO_MANY", `grant ${grant.id} had ${tokensPerMinute} tokens in this minute`, {
      next: "wait a minute; dblease proxy paces new connections by itself",
    });
  }
}

function eventOf(api: TokenApi, call: Call, grant: Grant, name: TokenEvent["name"]): TokenEvent {
  const at = api.clock().toISOString();
  const mark = Buffer.from(api.random(4)).toString("hex");
  return {
    id: `${grant.id}-${at}-${mark}`,
    name,
    at,
    actor: call.person.name,
    token: { grantId: grant.id, database: grant.database.id, username: grant.username },
  };
}

async function issue(
  api: TokenApi,
  call: Call,
  grant: Grant,
  wanted: string | undefined,
): Promise<TokenView> {
  await assertMayHave(api, call, grant);
  await assertNotReplaced(api, grant);
  const entrance = entranceOf(grant, wanted);
  const token = await signForGrant(api.broker, grant, entrance);
  const event = eventOf(api, call, grant, "TokenIssued");
  const lived = new Date(Date.parse(event.at) + tokenSeconds * 1000).toISOString();
  const until = grant.expiresAt && grant.expiresAt < lived ? grant.expiresAt : lived;
  const { host, port, resourceId = "" } = entrance;
  const sha256 = createHash("sha256").update(token).digest("hex");
  await recordIssued(api.table, grant, {
    ...event,
    token: { ...event.token, issued: { host, port, resourceId, until, sha256 } },
  });
  return { token, host, port, username: grant.username, database: grant.database.database, until };
}

/**
 * @param member id of the server to log in to; absent: the proxy where there is one, else the writer.
 * @throws NOT_FOUND, NOT_ALLOWED, WRONG_STATUS, FROZEN, TOO_MANY, CONFLICT (it ended this moment), UNAVAILABLE.
 */
export async function issueToken(
  api: TokenApi,
  call: Call,
  id: string,
  member: string | undefined,
): Promise<TokenView> {
  const grant = await visibleGrant(api, call, id);
  try {
    return await issue(api, call, grant, member);
  } catch (error) {
    if (error instanceof DbleaseError) {
      const event = eventOf(api, call, grant, "TokenRefused");
      const refused = { code: error.code, sentence: error.message };
      await recordRefused(api.table, { ...event, token: { ...event.token, refused } });
    }
    throw error;
  }
}
