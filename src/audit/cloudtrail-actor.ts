import type { AuditActor } from "./audit-event.ts";
import type { CloudTrailRecord } from "./cloudtrail-record.ts";
import { plainText } from "./plain-text.ts";

const identityCenter = /:role\/aws-reserved\/sso\.amazonaws\.com\//;

/**
 * Who called, by the same ids as persons have (identity.ts) as far as a record shows them: an IAM user's unique id,
 * `session/<name>` of Identity Center, `role/<unique id>` of any other role, whose sessions are named by their callers.
 */
export function actorOf({ userIdentity: it, eventSource }: CloudTrailRecord): AuditActor {
  const nobody = plainText(it?.invokedBy) ?? eventSource;
  if (!it) return { name: nobody };
  const arn = it.arn === undefined ? {} : { arn: it.arn };
  const [uniqueId, session] = (it.principalId ?? "").split(":", 2);
  const issuer = it.sessionContext?.sessionIssuer;
  switch (it.type) {
    case "IAMUser":
      return { name: plainText(it.userName) ?? plainText(uniqueId) ?? nobody, ...id(uniqueId), ...arn };
    case "AssumedRole": {
      const name = plainText(session) ?? nobody;
      if (identityCenter.test(issuer?.arn ?? "")) return { name, ...id(`session/${session}`), ...arn };
      return { name: `${plainText(issuer?.userName) ?? "role"}/${name}`, ...id(`role/${uniqueId}`), ...arn };
    }
    case "Root":
      return { name: "root", ...arn };
    default:
      return { name: plainText(it.userName ?? it.onBehalfOf?.userId) ?? nobody, ...arn };
  }
}

/** Ids become keys. */
function id(text: string | undefined): { id?: string } {
  return text && /^[\w+=,.@/-]{1,200}$/.test(text) ? { id: text } : {};
}
