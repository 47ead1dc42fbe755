/** GET /audit/...: the questions that auditors ask. */
import { askGrant } from "../audit/ask-grant.ts";
import { askPasswords } from "../audit/ask-passwords.ts";
import { askPerson } from "../audit/ask-person.ts";
import { askSessions } from "../audit/ask-sessions.ts";
import { askWho } from "../audit/ask-who.ts";
import { personKeys } from "../audit/person-lines.ts";
import { DbleaseError } from "../errors.ts";
import { rotationSchedule } from "../workflow/rotation-schedule.ts";
import { type Call, isAuditor, visibleGrant } from "./api.ts";
import { checkDay, listDigests } from "./audit-digests.ts";
import {
  auditQuery,
  checkDayQuery,
  databasePeriodQuery,
  digestsQuery,
  parseBody,
  periodQuery,
  personQuery,
} from "./bodies.ts";
import type { Input, Route } from "./http-handler.ts";
import { configuredRotations } from "./rotations.ts";
import type { ApiParts } from "./routes.ts";

/** A question that auditors alone may ask. */
function question(
  path: string,
  ask: (api: ApiParts, call: Call, input: Input) => Promise<unknown>,
): Route<ApiParts> {
  return {
    method: "GET",
    path: `/audit/${path}`,
    async run(api, call, input) {
      if (isAuditor(call)) return { status: 200, body: await ask(api, call, input) };
      throw new DbleaseError("NOT_ALLOWED", "only auditors may ask the audit", {
        next: "ask one of auditors in dblease.yaml",
      });
    },
  };
}

export const auditRoutes: readonly Route<ApiParts>[] = [
  question("who", (api, _, { query }) => askWho(api.table, parseBody(databasePeriodQuery, query))),
  question("sessions", (api, _, { query }) => askSessions(api.table, parseBody(databasePeriodQuery, query))),
  question("person", async (api, { stored }, { query }) => {
    const asked = parseBody(personQuery, query);
    return askPerson(api.table, { ...asked, keys: await personKeys(api, stored.config, asked.person) });
  }),
  question("passwords", async (api, { stored: { config } }, { query }) => {
    const rotations = await configuredRotations(api);
    const known = { config, rotations, schedule: (it: string) => rotationSchedule(api.secrets, it) };
    return askPasswords(api.table, known, parseBody(periodQuery, query));
  }),
  question("digests", (api, _, { query }) => listDigests(api, parseBody(digestsQuery, query).from)),
  question("recorded", (api, _, { query }) => {
    const { day, hour } = parseBody(checkDayQuery, query);
    return checkDay(api, day, hour);
  }),
  question("grants/{id}", async (api, call, { id, query }) => {
    const { page } = parseBody(auditQuery, query);
    return askGrant(api.table, await visibleGrant(api, call, id), page);
  }),
];
