/**
 * Secrets Manager's own event, without CloudTrail: a label of a secret has moved to another version. Of AWSCURRENT it
 * says that a password really changed. Source: Secrets Manager User Guide, "Secret Label Updated event".
 */
import * as z from "zod";
import type { AuditEvent } from "./audit-event.ts";

export const labelUpdate = z.looseObject({
  id: z.string().regex(/^[\w.-]{1,128}$/),
  time: z.iso.datetime({ offset: true }).transform((it) => new Date(it).toISOString()),
  region: z.string().regex(/^[\w-]{1,64}$/),
  resources: z.tuple([z.string().regex(/^arn:[\w-]+:secretsmanager:[\w/+=.@:!-]{1,600}$/)], z.unknown()),
  detail: z.looseObject({
    labelUpdated: z.string().regex(/^[\w/+=.@-]{1,256}$/),
    versionId: z.string().regex(/^[\w-]{1,128}$/),
  }),
});

export function fromLabelUpdate(update: z.infer<typeof labelUpdate>): AuditEvent {
  const { labelUpdated: stage, versionId: secretVersion } = update.detail;
  return {
    id: update.id,
    at: update.time,
    origin: "secrets-manager",
    name: "SecretLabelUpdated",
    actor: { name: "secretsmanager.amazonaws.com" },
    secret: update.resources[0],
    facts: { region: update.region, stage, secretVersion },
  };
}
