/** Policies of persons' roles where IAM says what the emulator never says; IAM and the table are played here. */
import type { IAMClient } from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import type { Grant } from "../../src/grant.ts";
import { followGrant } from "../../src/iam/person-policy.ts";
import { personRole } from "../../src/iam/person-role.ts";

const role = "arn:aws:iam::123456789012:role/dblease/rita";
const grant = {
  id: "0123456789ab",
  username: "jit_0123456789ab",
  status: "active",
  personRole: role,
  expiresAt: "2026-11-24T09:00:00.000Z",
  durationSeconds: 600,
  members: [
    { id: "writer", host: "a", port: 1, resourceId: "db-A" },
    { id: "replica", host: "b", port: 1, resourceId: "db-B" },
    { id: "second", host: "c", port: 1, resourceId: "db-B" },
  ],
} as unknown as Grant;

/** @param fails by the name of a command, the name of the error that IAM gives. */
function played(row: Grant, fails: Record<string, string> = {}) {
  const sent: { name: string; input: { PolicyDocument?: string } }[] = [];
  const send = async (command: { constructor: { name: string }; input: object }) => {
    const name = command.constructor.name.replace("Command", "");
    sent.push({ name, input: command.input });
    if (fails[name]) throw Object.assign(new Error(name), { name: fails[name] });
    return {};
  };
  const client = { send: async () => ({ Item: { ...row } }) };
  const clock = () => new Date("2026-11-24T08:00:00.000Z");
  const parts = { iam: { send } as unknown as IAMClient, region: "eu-west-1", clock };
  return { sent, parts: { ...parts, table: { client, name: "t" } as never } };
}

test("one user, each server of the database once, until the end; before it is known, as late as it can be", async () => {
  const active = played(grant);
  expect(await followGrant(active.parts, grant.id)).toEqual({});
  const statement = (of: typeof active) => JSON.parse(`${of.sent[0]?.input.PolicyDocument}`).Statement[0];
  const arn = (server: string) => `arn:aws:rds-db:eu-west-1:123456789012:dbuser:${server}/${grant.username}`;
  expect(statement(active)).toMatchObject({
    Resource: [arn("db-A"), arn("db-B")],
    Condition: { DateLessThan: { "aws:CurrentTime": grant.expiresAt } },
  });
  const { expiresAt: _, ...rest } = grant;
  const early = played({ ...rest, status: "approved" });
  await followGrant(early.parts, grant.id);
  expect(statement(early).Condition.DateLessThan["aws:CurrentTime"]).toBe("2026-11-24T08:11:30.000Z");
});

test("where people come through a proxy, their roles log in to the proxy alone", async () => {
  const proxy = { id: "pool", host: "p", port: 5432, resourceId: "prx-1f" };
  const { sent, parts } = played({ ...grant, proxy });
  await followGrant(parts, grant.id);
  const [{ Resource }] = JSON.parse(`${sent[0]?.input.PolicyDocument}`).Statement;
  expect(Resource).toEqual([`arn:aws:rds-db:eu-west-1:123456789012:dbuser:prx-1f/${grant.username}`]);
});

test("a role that is full, or not there, is told from an IAM that is down", async () => {
  const put = (error: string) => followGrant(played(grant, { PutRolePolicy: error }).parts, grant.id);
  await expect(put("LimitExceededException")).rejects.toMatchObject({
    code: "TOO_MANY",
    message: "IAM role rita holds as many policies as fit into one (10,240 characters)",
  });
  await expect(put("NoSuchEntityException")).rejects.toMatchObject({ code: "BAD_CONFIGURATION" });
  await expect(put("ServiceFailureException")).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("gone is what IAM no longer shows, and nothing else", async () => {
  const over = { ...grant, status: "revoking" } as Grant;
  const gone = "NoSuchEntityException";
  const follow = (fails: Record<string, string>) => followGrant(played(over, fails).parts, grant.id);
  const absent = { absentAt: "2026-11-24T08:00:00.000Z" };
  expect(await follow({ GetRolePolicy: gone })).toEqual(absent);
  expect(await follow({ DeleteRolePolicy: gone, GetRolePolicy: gone })).toEqual(absent);
  await expect(follow({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(follow({ DeleteRolePolicy: "AccessDenied" })).rejects.toMatchObject({ name: "AccessDenied" });
  await expect(follow({ GetRolePolicy: "AccessDenied" })).rejects.toMatchObject({ name: "AccessDenied" });
});

test("a role for persons of the configuration alone, in the account they called from", () => {
  const principal = { arn: "arn:aws-cn:sts::123456789012:assumed-role/sso/rita", uniqueId: "AROA" };
  const rita = { id: "person/rita", name: "rita", mayApprove: true, principal };
  expect(personRole(rita)).toBe("arn:aws-cn:iam::123456789012:role/dblease/rita");
  for (const id of ["session/rita", "AIDA", "role/AROA"]) {
    expect(() => personRole({ ...rita, id })).toThrow(expect.objectContaining({ code: "REFUSED" }));
  }
});
