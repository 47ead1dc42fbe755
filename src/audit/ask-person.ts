/** `dblease audit person`: what somebody did, and what was done to them. */
import { auditPage } from "../store/audit-events.ts";
import type { Table } from "../store/table.ts";
import type { PersonAnswer } from "./answer.ts";
import { momentOfAudit } from "./moment.ts";
import { bestEffort, iamLogins } from "./unknown.ts";

const perPage = 100;

/** @param keys under which the person stands on lines. */
export async function askPerson(
  table: Table,
  {
    person,
    keys,
    from,
    to,
    page,
  }: Pick<PersonAnswer, "person" | "from" | "to"> & { keys: readonly string[]; page?: string | undefined },
): Promise<PersonAnswer> {
  const lines = keys.map((key) => ({ kind: "person", key }) as const);
  const { events, next } = await auditPage(table, lines, [from, to], { limit: perPage, page });
  return {
    person,
    from,
    to,
    moments: events.map(momentOfAudit),
    unknown: [bestEffort, iamLogins],
    ...(next === undefined ? {} : { next }),
  };
}
