/**
 * What makes a user ours: its profile is its own and is named by the marker, `"dblease:<installation>:<grant id>"`.
 *
 * Oracle keeps no comment on users. The profile is named by the very statement that makes the user, can be changed only by
 * whoever has ALTER USER and so could end any account, and no user can change its own. It carries the limits of the grant
 * as well. COMMENTS of the job that locks the user repeat it, for the job alone.
 */

import type { KnownUser } from "../engine.ts";
import { markerText } from "../marker-text.ts";
import { ownName } from "./quote.ts";

/** What every block about a user is given. Throws BAD_NAME before the server hears of anything. */
export function whose({ username, marker }: Pick<KnownUser, "username" | "marker">): {
  username: string;
  marker: string;
} {
  return { username: ownName(username), marker: markerText(marker) };
}

/** How a marker of anybody begins. */
export const markerBeginning = "dblease:";
