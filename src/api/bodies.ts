/** What callers may send, checked before anything else looks at it. */
import * as z from "zod";
import { DbleaseError } from "../errors.ts";
import { freezeScopePattern } from "../freeze.ts";

/** People's words: printable, one line, of a length that fits every log and message. */
export const words = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, "write one line without control characters");

export const requestBody = z.strictObject({
  database: z.string().max(100),
  role: z.string().max(100),
  durationSeconds: z.number().int().min(1).max(31_536_000).optional(),
  reason: words.optional(),
  ticket: words.optional(),
  verifier: z.string().max(200).optional(),
  startAt: z.iso.datetime({ offset: true }).optional(),
  breakGlass: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});

/** What may be asked for at another moment than now. */
export const databasesQuery = z.object({ startAt: z.iso.datetime({ offset: true }).optional() });

/** Where an answer of the audit goes on. */
const page = z.string().min(1).max(300).optional();
/** An instant in the one form that keys of the table are made of. */
const instant = z.iso.datetime({ offset: true }).transform((it) => new Date(it).toISOString());
const day = z.iso.date();
export const digestsQuery = z.object({ from: day.optional() });
export const checkDayQuery = z.object({ day, hour: z.coerce.number().int().min(0).max(23).default(0) });
export const auditQuery = z.object({ page });
const period = z.object({ from: instant, to: instant, page });
export const databasePeriodQuery = period.extend({ database: z.string().min(1).max(100) });
export const personQuery = period.extend({ person: z.string().min(1).max(600) });
export const periodQuery = period;

export const extendBody = z.strictObject({ durationSeconds: z.number().int().min(1).max(31_536_000) });
const scope = z.string().regex(freezeScopePattern, "write all, database/<id> or requester/<person>");
export const freezeBody = z.strictObject({ scope, reason: words });
export const liftBody = z.strictObject({ scope });
export const reconcileBody = z.strictObject({ database: z.string().max(100).optional() });
export const fleetBody = z.strictObject({
  database: z.string().max(100).optional(),
  tag: z
    .string()
    .max(400)
    .regex(/^[^=]+=/, "write key=value")
    .optional(),
});
export const backfillBody = z.strictObject({ from: instant, to: instant });
export const findingsQuery = z.object({
  acknowledged: z.enum(["true", "false"]).optional(),
  closedSince: instant.optional(),
});
export const acknowledgeBody = z.strictObject({
  finding: z.string().min(1).max(1000),
  reason: words,
  until: z.iso.datetime({ offset: true }),
});
export const reviewBody = z.strictObject({ reason: words });
export const reasonBody = z.strictObject({ reason: words.optional() });
export const tokenBody = z.strictObject({ member: z.string().max(100).optional() });
export const prepareBody = z.strictObject({ adminByIam: z.boolean().default(false) });
export const verifierBody = z.strictObject({ verifier: z.string().max(200) });

/** @throws BAD_REQUEST naming the field. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue?.path.join(".") || "the body";
  throw new DbleaseError("BAD_REQUEST", `${place}: ${issue?.message ?? "not understood"}`, {
    next: "mend that field and send the request again",
  });
}
