import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type { NewUser } from "../../../src/engines/engine.ts";
import { grantId, usernameOf } from "../../../src/grant.ts";
import { isClean, type Receipt } from "../../../src/receipt.ts";
import { password } from "../../../src/verifiers/password.ts";
import type { Capability, Harness, Person, Session, Stage } from "./harness.ts";

export const clock = () => new Date();
export const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

/** A test on a stage of its own; skipped with the reason where the engine lacks something. */
export function story<Connection, Own extends Stage<Connection>>(
  harness: Pick<Harness<Connection>, "engine" | "lacks"> & { stage(): Promise<Own> },
  title: string,
  tell: (stage: Own) => Promise<void>,
  needs: readonly Capability[] = [],
): void {
  const reason = needs.map((capability) => harness.lacks[capability]).find((why) => why !== undefined);
  if (reason === undefined) test(`${harness.engine}: ${title}`, async () => tell(await harness.stage()));
  else test.skip(`${harness.engine}: ${title} (${reason})`, () => {});
}

/** A new user as the workflow would ask for it; nothing is in the database yet. */
export function newUser<Connection>(
  harness: Harness<Connection>,
  stage: Stage<Connection>,
): { user: NewUser; secret: string; verifier: string } {
  const id = grantId(randomBytes(12));
  const username = usernameOf(id);
  const secret = harness.tokenOf?.(username) ?? password(randomBytes);
  const verifier = harness.verifier(secret);
  const user = {
    username,
    marker: { installation: "test", grantId: id },
    groupRole: stage.reader.name,
    ...(harness.tokenOf ? {} : { verifier }),
    expiresAt: inSeconds(600),
    connectionLimit: 10,
    deadline: inSeconds(60),
  };
  return { user, secret, verifier };
}

/** A person who has been granted access to the stage's schema. */
export async function granted<Connection>(
  harness: Harness<Connection>,
  stage: Stage<Connection>,
): Promise<Person<Connection>> {
  const { user, secret } = newUser(harness, stage);
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

/** Nothing is left, by the receipt and by a look of our own; or no more than sessions whose connection is closed. */
export async function expectGone<Connection>(
  stage: Stage<Connection>,
  person: Pick<Person<Connection>, "known"> & Partial<Pick<Person<Connection>, "login">>,
  receipt: Receipt,
): Promise<void> {
  if (await hasOnlyDead(stage, receipt)) {
    expect(isClean(receipt)).toBe(false);
    if (person.login) await expect(person.login()).rejects.toThrow();
    return;
  }
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
  expect(await stage.traces(person.known)).toEqual([]);
}

/** Whether all that keeps a receipt from being clean is what the server itself lists by mistake. */
async function hasOnlyDead<Connection>(stage: Stage<Connection>, receipt: Receipt): Promise<boolean> {
  const listed = receipt.residue.filter(({ kind }) => kind === "session");
  const others = receipt.residue.filter(({ kind }) => kind !== "session" && kind !== "user");
  if (!stage.isDead || listed.length === 0 || others.length > 0) return false;
  const dead = await Promise.all(listed.map(({ what }) => stage.isDead?.(what)));
  return dead.every((it) => it === true);
}

/** Rows of a table, seen from this session. */
export async function count(session: Pick<Session, "query">, table: string): Promise<number> {
  const [row] = await session.query(`SELECT count(*) AS n FROM ${table}`);
  return Number(row?.n);
}

/** How something was refused: in the harness's words, else the code of the error. */
export async function refusal<Connection>(
  harness: Pick<Harness<Connection>, "kindOf">,
  attempt: Promise<unknown>,
): Promise<string> {
  try {
    await attempt;
    return "nothing refused";
  } catch (error) {
    const kind = harness.kindOf(error);
    if (kind !== undefined) return kind;
    return typeof error === "object" && error && "code" in error ? String(error.code) : String(error);
  }
}
