/** What no answer can know, because nobody writes it down. */

export const whoSatThere =
  "A grant names who asked for access. Who sat at the keyboard, or was lent a password, nobody writes down.";

export const iamLogins =
  "AWS records neither a login by IAM nor the signing of a token: whoever may rds-db:connect by a policy that dblease did not make leaves a trace in the database's own log alone. RDS counts such logins and names nobody: where nothing else can have been counted, a finding tells of them.";

export const sessionsByLog =
  "Sessions are known from the log that RDS exports, minutes late and by best effort; where none is exported, from a look every minute and from what a revoke ended: a shorter session leaves no trace.";

export const bestEffort =
  "CloudTrail hands events to EventBridge by best effort, and none from before dblease was installed: dblease audit backfill reads what is missing. What is not here may have happened all the same.";

export const readElsewhere =
  "Who read a secret is known from CloudTrail. Whoever has read it once knows the password until it changes, and may have passed it on.";
