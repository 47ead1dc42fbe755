/**
 * RDS's own log of IAM logins that it refused (`iam-db-auth-error`). Refusals alone: a login that succeeds is not in
 * it. The refusal for lack of permission names the caller, the only place where AWS itself writes down who tried.
 */
import type { Instant } from "../grant.ts";

export interface IamRefusal {
  at: Instant;
  username: string;
  /** Principal that signed the token, where RDS says so. */
  caller?: string;
  code: string;
}

const line =
  /^(?<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d),(?<ms>\d{3}) \[ERROR\] Failed to authenticate the connection request for user '(?<username>[^']{1,80})' because (?<why>.*) \(Status Code: \d{3}, Error Code: (?<code>\w+)\)$/;

const principal = /arn:aws[a-z-]*:(?:sts|iam)::\d{12}:[\w+=,.@/:-]+/;

/** Undefined: the line is of another form. */
export function readIamRefusal(text: string): IamRefusal | undefined {
  const found = line.exec(text.trimEnd())?.groups;
  if (!found) return undefined;
  const { at, ms, username = "", why = "", code = "" } = found;
  const caller = principal.exec(why)?.[0];
  return { at: `${at}.${ms}Z`, username, code, ...(caller ? { caller } : {}) };
}
