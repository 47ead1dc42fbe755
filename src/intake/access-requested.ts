/** The one command that comes in as an event, as its sender writes it: detail-type `AccessRequested`. */
import type { EventBridgeEvent } from "aws-lambda";
import * as z from "zod";
import { words } from "../api/bodies.ts";
import { DbleaseError } from "../errors.ts";

const detail = z
  .strictObject({
    /** Person who shall claim it, by the name that rules know. */
    person: z
      .string()
      .regex(/^[\w+=,.@-]{1,64}$/, "write the name of one person")
      .optional(),
    /** Or a service of the configuration. */
    service: z.string().max(100).optional(),
    database: z.string().max(100),
    role: z.string().max(100),
    durationSeconds: z.number().int().min(1).max(31_536_000).optional(),
    reason: words,
    ticket: words.optional(),
  })
  .refine((it) => (it.person === undefined) !== (it.service === undefined), {
    message: "name either a person or a service",
  });

export type AccessRequested = z.infer<typeof detail>;

/** @throws BAD_REQUEST naming the field. */
export function accessRequestedOf(event: EventBridgeEvent<"AccessRequested", unknown>): AccessRequested {
  const result = detail.safeParse(event.detail);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DbleaseError(
    "BAD_REQUEST",
    `${["detail", ...(issue?.path ?? [])].join(".")}: ${issue?.message ?? "not understood"}`,
    { next: "mend that field and put the event again" },
  );
}
