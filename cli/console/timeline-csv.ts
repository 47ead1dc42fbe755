import { heldRow } from "../audit-rows.ts";
import { csvText } from "../csv-text.ts";
import { findTimeline } from "./timeline-entries.ts";
import { timelineFilter } from "./timeline-filter.ts";
import type { Visit } from "./visit.ts";

/** The grants that the timeline shows, for spreadsheets; of those that never began `from` and `until` are empty. */
export async function timelineCsv({ api, now, query }: Visit): Promise<string> {
  const { entries } = await findTimeline(api, timelineFilter(query, now), now);
  const rows = entries.map(({ grant, held, sessions, tokens }) => {
    const { from, until } = held ?? { from: "", until: "" };
    return { ...heldRow({ grant, from, until, sessions }), tokens: tokens.length };
  });
  return csvText(rows);
}
