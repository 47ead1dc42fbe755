import type { NewUser, Plan } from "../engine.ts";
import { dropStatements } from "./drop.ts";
import { fenceStatements } from "./fence.ts";
import { grantStatements } from "./grant.ts";

/** The very statements that grant and revoke send, with a word in the verifier's place and in the database's. */
export function plan(user: Omit<NewUser, "verifier">): Plan {
  const database = "<database>";
  return {
    grant: grantStatements({ ...user, verifier: "<verifier>" }, database),
    revoke: [
      ...fenceStatements(user),
      "-- for each of its sessions, on every member, until there is none:",
      "KILL <session>",
      "-- then, in every database that has a user of this login:",
      ...dropStatements(user, [{ database, users: [{ name: user.username, marked: true }] }]),
    ],
  };
}
