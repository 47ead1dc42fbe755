import { type AuditEvent, secretName } from "./audit-event.ts";
import type { Installed } from "./from-cloudtrail.ts";

/** Spellings of what AWS says it does not record; the collector's tripwire has the same. */
const tokenNames = ["generatedbauthtoken", "generate-db-auth-token", "dbconnect", "dbconnectadmin"];

/**
 * Whether the collector's rules would have let this event in: every change, and of calls that only read the reading of
 * managed secrets, sessions of dblease's roles, and tokens.
 * @param secrets names of managed secrets.
 */
export function isWanted(
  { name, secret, subject }: AuditEvent,
  readOnly: boolean,
  secrets: ReadonlySet<string>,
  { connectRole }: Installed,
): boolean {
  if (!readOnly || tokenNames.includes(name.toLowerCase())) return true;
  if (name === "GetSecretValue") return secret !== undefined && secrets.has(secretName(secret));
  return name.startsWith("AssumeRole") && (subject === connectRole || /:role\/dblease\//.test(subject ?? ""));
}
