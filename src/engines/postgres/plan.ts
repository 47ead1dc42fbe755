import type { Model } from "../../grant.ts";
import type { NewUser, Plan } from "../engine.ts";
import { dropStatements } from "./drop.ts";
import { fenceStatements } from "./fence.ts";
import { grantStatements } from "./grant.ts";
import { ownName } from "./quote.ts";
import { graveyardRole } from "./standing-roles.ts";

/** Newest syntax; before 16, GRANT goes without its WITH clause. */
const version = 18;

/** The very statements that grant and revoke send, with a word in the verifier's place. */
export function plan(user: Omit<NewUser, "verifier">, model: Model): Plan {
  const asked = model === "iam" ? user : { ...user, verifier: "<verifier>" };
  const name = ownName(user.username);
  return {
    grant: grantStatements(asked, "CREATE", version),
    revoke: [
      ...fenceStatements(user, version),
      "-- in every database where the user owns or holds something, in one transaction:",
      `REASSIGN OWNED BY ${name} TO ${ownName(graveyardRole)}`,
      `DROP OWNED BY ${name}`,
      "-- then:",
      ...dropStatements(user),
    ],
  };
}
