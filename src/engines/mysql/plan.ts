import type { Model } from "../../grant.ts";
import type { NewUser, Plan } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { dropStatements } from "./drop.ts";
import { fenceStatements } from "./fence.ts";
import { grantStatements } from "./grant.ts";

/** The very statements that grant and revoke send, with a word in the verifier's place. */
export function plan(dialect: Dialect, user: Omit<NewUser, "verifier">, model: Model): Plan {
  const asked = model === "iam" ? user : { ...user, verifier: "<verifier>" };
  const accounts = [{ user: user.username, host: "%" }];
  const memberships = [{ role: user.groupRole, host: "%" }];
  return {
    grant: grantStatements(dialect, asked),
    revoke: [
      ...fenceStatements(dialect, user, accounts, memberships),
      "-- for each of its sessions, on every member, until there is none:",
      "CALL mysql.rds_kill(<session>)",
      "-- then:",
      ...dropStatements(dialect, user, accounts),
    ],
  };
}
