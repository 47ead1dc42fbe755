import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type { NewUser } from "../../../src/engines/engine.ts";
import { grantId, usernameOf } from "../../../src/grant.ts";
import { isClean, type Receipt } from "../../../src/receipt.ts";
import { password } from "../../../src/verifiers/password.ts";
import { scramSha256 } from "../../../src/verifiers/scram-sha-256.ts";
import type { Capability, Harness, Person, Stage } from "./harness.ts";

export const clock = () => new Date();
export const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

/** A test on a stage of its own; skipped with the reason where the engine lacks something. */
export function story<Connection>(
  harness: Harness<Connection>,
  title: string,
  tell: (stage: Stage<Connection>) => Promise<void>,
  needs: readonly Capability[] = [],
): void {
  const reason = needs.map((capability) => harness.lacks[capability]).find((why) => why !== undefined);
  if (reason === undefined) test(`${harness.engine}: ${title}`, async () => tell(await harness.stage()));
  else test.skip(`${harness.engine}: ${title} (${reason})`, () => {});
}

/** A new user as the workflow would ask for it; nothing is in the database yet. */
export function newUser<Connection>(stage: Stage<Connection>): {
  user: NewUser & { verifier: string };
  secret: string;
} {
  const id = grantId(randomBytes(12));
  const secret = password(randomBytes);
  const user = {
    username: usernameOf(id),
    marker: { installation: "test", grantId: id },
    groupRole: stage.reader.name,
    verifier: scramSha256(secret, randomBytes(16)),
    expiresAt: inSeconds(600),
    connectionLimit: 10,
    deadline: inSeconds(60),
  };
  return { user, secret };
}

/** A person who has been granted access to schema app. */
export async function granted<Connection>(
  harness: Harness<Connection>,
  stage: Stage<Connection>,
): Promise<Person<Connection>> {
  const { user, secret } = newUser(stage);
  const door = stage.door(user.marker.grantId);
  const { userOid } = await harness.adapter.grant(door, user);
  const known = { username: user.username, marker: user.marker, userOid };
  return {
    user,
    known,
    password: secret,
    door,
    login: (database) => stage.login(user.username, secret, database),
    revoke: () => harness.adapter.revoke(door, known, clock),
  };
}

/** Nothing is left, by the receipt and by a look of our own. */
export async function expectGone<Connection>(
  stage: Stage<Connection>,
  person: Pick<Person<Connection>, "known">,
  receipt: Receipt,
): Promise<void> {
  expect(receipt.residue).toEqual([]);
  expect(isClean(receipt)).toBe(true);
  const { users, sessions, privileges, objects, preparedTransactions } = receipt;
  expect({ users, sessions, privileges, objects, preparedTransactions }).toEqual({
    users: 0,
    sessions: 0,
    privileges: 0,
    objects: 0,
    preparedTransactions: 0,
  });
  expect(await stage.root(presence(person.known.username, person.known.userOid), "postgres")).toEqual([]);
}

/** Asks the catalogue in other words than the adapter does. */
function presence(username: string, userOid = "0"): string {
  return `SELECT rolname::text AS left FROM pg_authid WHERE rolname = '${username}' OR oid = ${userOid}
    UNION ALL SELECT 'session' FROM pg_stat_get_activity(NULL) WHERE usesysid = ${userOid}
    UNION ALL SELECT 'member' FROM pg_auth_members WHERE ${userOid} IN (roleid, member)
    UNION ALL SELECT 'dependency' FROM pg_shdepend WHERE refobjid = ${userOid} AND refclassid = 1260`;
}

/** SQLSTATE (or Node's code) with which something was refused. */
export async function refusal(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return "nothing refused";
  } catch (error) {
    return typeof error === "object" && error && "code" in error ? String(error.code) : String(error);
  }
}
