import { describe, expect, test } from "vitest";
import { type Caller, isNamed, personOf } from "../src/identity.ts";
import { sampleConfig } from "./sample-config.ts";

const account = "111122223333";
const user = (userId: string): Caller => ({
  accountId: account,
  userId,
  userArn: `arn:aws:iam::${account}:user/somebody`,
});
const session = (role: string, name: string): Caller => ({
  accountId: account,
  userId: `AROAROLE:${name}`,
  userArn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
});
const plainRole = { arn: `arn:aws:iam::${account}:role/ci`, uniqueId: "AROAROLE" };
const identityCenter = {
  arn: `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Dev_0123456789abcdef`,
  uniqueId: "AROAROLE",
};
const config = { ...sampleConfig, nameEnforcingRoles: [`arn:aws:iam::${account}:role/by-trust-policy`] };

describe("the person behind a caller", () => {
  test("an IAM user is known by unique id, not by name", () => {
    expect(personOf(user("AIDARITA"), undefined, config, account)).toEqual({
      id: "person/rita",
      name: "rita",
      mayApprove: true,
      principal: { arn: `arn:aws:iam::${account}:user/somebody`, uniqueId: "AIDARITA" },
    });
    expect(personOf(user("AIDANEWRITA"), undefined, config, account)).toMatchObject({
      id: "AIDANEWRITA",
      name: "AIDANEWRITA",
    });
  });

  test("the same person through an IAM user and through Identity Center is one person", () => {
    const through = personOf(
      session("AWSReservedSSO_Dev_0123456789abcdef", "rita@example.com"),
      identityCenter,
      config,
      account,
    );
    expect(through.id).toBe(personOf(user("AIDARITA"), undefined, config, account).id);
  });

  test("Identity Center is recognised by the role's path, not by its name", () => {
    const imitation = {
      arn: `arn:aws:iam::${account}:role/AWSReservedSSO_Dev_0123456789abcdef`,
      uniqueId: "AROAROLE",
    };
    const caller = session("AWSReservedSSO_Dev_0123456789abcdef", "ada");
    expect(personOf(caller, identityCenter, config, account)).toMatchObject({
      id: "session/ada",
      mayApprove: true,
    });
    expect(personOf(caller, imitation, config, account)).toMatchObject({
      id: "role/AROAROLE",
      mayApprove: false,
    });
  });

  test("a role with a free session name is the role, under every name", () => {
    const first = personOf(session("ci", "rita"), plainRole, config, account);
    const renamed = personOf(session("ci", "ada"), plainRole, config, account);
    expect(first).toMatchObject({ id: "role/AROAROLE", name: "role/ci", mayApprove: false });
    expect(renamed).toMatchObject({ id: first.id, name: first.name, mayApprove: false });
  });

  test("a role declared name-enforcing gives persons", () => {
    const role = { arn: `arn:aws:iam::${account}:role/by-trust-policy`, uniqueId: "AROAROLE" };
    expect(personOf(session("by-trust-policy", "ada"), role, config, account)).toMatchObject({
      id: "session/ada",
      mayApprove: true,
    });
  });

  test("a role that IAM does not know, or another role of that name, takes rights away", () => {
    const caller = session("by-trust-policy", "ada");
    const recreated = { arn: `arn:aws:iam::${account}:role/by-trust-policy`, uniqueId: "AROANEW" };
    expect(personOf(caller, undefined, config, account).mayApprove).toBe(false);
    expect(personOf(caller, recreated, config, account).mayApprove).toBe(false);
  });

  test.each([
    ["the root user", { accountId: account, userId: account, userArn: `arn:aws:iam::${account}:root` }],
    [
      "another account",
      { accountId: "999988887777", userId: "AIDARITA", userArn: "arn:aws:iam::999988887777:user/rita" },
    ],
    [
      "a federated user",
      { accountId: account, userId: `${account}:bob`, userArn: `arn:aws:sts::${account}:federated-user/bob` },
    ],
  ])("%s is refused", (_title, caller) => {
    expect(() => personOf(caller, undefined, config, account)).toThrow(
      expect.objectContaining({ code: "NOT_SIGNED_IN" }),
    );
  });
});

describe("names in the configuration", () => {
  test("a session that chose the name of an alias is not that person", () => {
    const impostor = personOf(
      session("AWSReservedSSO_Dev_0123456789abcdef", "root"),
      identityCenter,
      config,
      account,
    );
    expect(isNamed(impostor, ["root"], config)).toBe(false);
    const grouped = { id: "session/engineers", name: "engineers" };
    expect(isNamed(grouped, ["engineers"], config)).toBe(false);
    expect(isNamed({ id: "person/root", name: "root" }, ["root"], config)).toBe(true);
  });

  test("a group means its members", () => {
    expect(isNamed({ id: "person/ada", name: "ada" }, ["engineers"], config)).toBe(true);
    expect(isNamed({ id: "role/AROAROLE", name: "role/ci" }, ["engineers"], config)).toBe(true);
    expect(isNamed({ id: "AIDAX", name: "AIDAX" }, ["engineers"], config)).toBe(false);
  });
});

describe("IAM groups and tags", () => {
  const inGroup = { id: "AIDAX", name: "AIDAX", traits: { iamGroups: ["dbas"], tags: { team: "payments" } } };
  const unknown = { id: "AIDAX", name: "AIDAX" };

  test.each([
    ["iam-group/dbas", true],
    ["iam-group/others", false],
    ["tag/team=payments", true],
    ["tag/team=", false],
    ["tag/other=payments", false],
  ])("%s", (name, expected) => {
    expect(isNamed(inGroup, [name], config)).toBe(expected);
    expect(isNamed(inGroup, ["through"], { ...config, groups: { through: [name] } })).toBe(expected);
  });

  test("what IAM could not say gives nothing and denies everything", () => {
    expect(isNamed(unknown, ["iam-group/dbas"], config)).toBe(false);
    expect(isNamed(unknown, ["iam-group/dbas"], config, true)).toBe(true);
  });

  test("nobody is in a group by being called like it", () => {
    expect(isNamed({ id: "session/x", name: "iam-group/dbas" }, ["iam-group/dbas"], config)).toBe(false);
  });
});
