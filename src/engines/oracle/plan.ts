import type { NewUser, Plan } from "../engine.ts";
import { markerText } from "../marker-text.ts";
import { profileLimits } from "./grant.ts";
import { instant, ownName, quoted } from "./quote.ts";

/** What the blocks of grant and revoke run, in their order, with a word in the password's place: on this server it is the verifier. */
export function plan(user: Omit<NewUser, "verifier">): Plan {
  const name = quoted(ownName(user.username));
  const role = quoted(ownName(user.groupRole));
  const profile = quoted(markerText(user.marker));
  const expires = instant(user.expiresAt).replace("T", " ").replace("Z", " UTC");
  return {
    grant: [
      "-- on 19.11 and before without PASSWORD_ROLLOVER_TIME:",
      `CREATE PROFILE ${profile} LIMIT SESSIONS_PER_USER ${user.connectionLimit} PASSWORD_LIFE_TIME <seconds>/86400 ${profileLimits(true)}`,
      `CREATE USER ${name} IDENTIFIED BY "<verifier>" PROFILE ${profile} ACCOUNT LOCK`,
      `-- as a job of the server's scheduler, at ${expires}:`,
      `ALTER USER ${name} ACCOUNT LOCK`,
      "-- now:",
      `GRANT ${role} TO ${name}`,
      `ALTER USER ${name} ACCOUNT UNLOCK`,
    ],
    revoke: [
      `ALTER USER ${name} ACCOUNT LOCK`,
      `REVOKE ${role} FROM ${name}`,
      "-- for each of its sessions, on every member, until there is none:",
      "BEGIN rdsadmin.rdsadmin_util.kill(<sid>, <serial>, 'IMMEDIATE'); END;",
      "-- then, unless it owns anything:",
      `DROP USER ${name}`,
      "-- and the job, and:",
      `DROP PROFILE ${profile}`,
    ],
  };
}
