/**
 * Statements that fail where something must not go on. The server then sends nothing of the rest of the message:
 * that is the only condition there is, as every change of accounts commits by itself.
 */
import type { Instant } from "../../grant.ts";
import type { KnownUser } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { labelOf, markOf } from "./mark.ts";
import { instant, literal, ownName } from "./quote.ts";
import { dbleaseSchema } from "./standing.ts";

/** Fails (1242) where the server's own clock is past the deadline. */
export function refuseAfter(deadline: Instant): string {
  return `SELECT 1 = (SELECT 1 UNION ALL SELECT 1 FROM DUAL WHERE UTC_TIMESTAMP(3) > ${instant(deadline)}) AS in_time`;
}

/**
 * Fails (1690) where an account of this name lacks the mark of this grant, or an event of this name its label.
 * `hosts`: only these accounts of the name; absent: all.
 */
export function refuseForeign(
  dialect: Dialect,
  user: Pick<KnownUser, "username" | "marker">,
  hosts?: readonly string[],
): string {
  ownName(user.username);
  const name = literal(user.username);
  const { queries, updates } = markOf(user.marker);
  const atHosts = hosts ? ` AND host IN (${hosts.map(literal).join(", ")})` : "";
  // One more than the greatest number there is.
  return `SELECT 18446744073709551615
    + (SELECT COUNT(*) FROM ${dialect.accounts} a WHERE user = ${name}${atHosts} AND NOT (queries = ${queries} AND updates = ${updates}))
    + (SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ${literal(dbleaseSchema)}
      AND EVENT_NAME = ${name} AND EVENT_COMMENT <> ${literal(labelOf(user.marker))}) AS none_foreign`;
}
