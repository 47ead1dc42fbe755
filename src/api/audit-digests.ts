/** GET /audit/digests, GET /audit/recorded: what `dblease audit verify` compares. */
import { checkHour } from "../audit/check-hour.ts";
import { type Day, type DayDigest, dayAfter } from "../audit/day-digest.ts";
import { DbleaseError } from "../errors.ts";
import type { CheckedDayView, DigestsView } from "../views.ts";
import { type Digests, findDigest, firstDay } from "../workflow/digest-days.ts";
import type { ApiParts } from "./routes.ts";

/** Days in one answer. */
const page = 31;

/** An answer comes before the API gives up on it (29 seconds). */
const budgetMs = 10_000;

/** @throws NOT_FOUND where no archive is deployed. */
function digestsOf({ archive }: ApiParts): Digests {
  if (archive) return archive;
  throw new DbleaseError("NOT_FOUND", "no archive is deployed, so there are no digests", {
    next: "write archive: {} into dblease.yaml and deploy",
  });
}

/** The chain from a day on, or from its beginning; a day without a digest is left out, which breaks it. */
export async function listDigests(api: ApiParts, from: Day | undefined): Promise<DigestsView> {
  const store = digestsOf(api);
  const found: DigestsView["digests"][number][] = [];
  let day = from ?? (await firstDay(store));
  while (day !== undefined && found.length < page) {
    const digest: DayDigest | undefined = await findDigest(store, day);
    if (digest) found.push(digest);
    day = digest ? dayAfter(day) : await firstDay(store, day);
  }
  return { digests: found, ...(day === undefined ? {} : { next: day }) };
}

/** A day as the table has it now, from this hour on; `next` where not all of it was looked at. */
export async function checkDay(api: ApiParts, day: Day, from: number): Promise<CheckedDayView> {
  digestsOf(api);
  const end = api.clock().getTime() + budgetMs;
  const hours: CheckedDayView["hours"][number][] = [];
  for (let hour = from; hour < 24; hour++) {
    hours.push(await checkHour(api.table, day, hour));
    if (hour < 23 && api.clock().getTime() > end) return { day, hours, next: hour + 1 };
  }
  return { day, hours };
}
