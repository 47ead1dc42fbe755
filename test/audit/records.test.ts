/** Records that others published, and synthetic ones of what nobody has published, in the form that questions are asked of. */
import { expect, test } from "vitest";
import { type AuditEvent, linesOf } from "../../src/audit/audit-event.ts";
import { readDelivered } from "../../src/audit/read-delivered.ts";
import { recorded } from "./recorded.ts";

const installed = { connectRole: "arn:aws:iam::123456789012:role/Dblease-Connect" };

function eventsOf(source: string): AuditEvent[] {
  return recorded(source).map((it) => {
    const read = readDelivered(JSON.stringify(it), installed);
    if ("refused" in read) throw new Error(`${it.detail.eventName}: ${read.refused}`);
    return read.event;
  });
}

/** Who did what to whom, as one line. */
function lineOf({ at, name, actor, subject, secret, server, attempt }: AuditEvent): string {
  const to = [subject, secret, server].filter((it) => it !== undefined);
  return [at, actor.name, name, ...to, ...(attempt ? [`attempt: ${attempt.code}`] : [])].join("  ");
}

test("records of attacks that were run", () => {
  expect(eventsOf("stratus-red-team").map(lineOf)).toEqual([
    "2024-08-01T13:29:57.000Z  christophe  UpdateAssumeRolePolicy  arn:aws:iam::751203476945:role/stratus-red-team-backdoor-r-role",
    "2024-08-01T13:33:28.000Z  christophe  AttachUserPolicy  arn:aws:iam::229654561268:user/malicious-iam-user",
    "2024-08-01T13:33:28.000Z  christophe  CreateAccessKey  arn:aws:iam::229654561268:user/malicious-iam-user",
    "2024-08-01T13:33:28.000Z  christophe  CreateUser  arn:aws:iam::229654561268:user/malicious-iam-user",
    "2024-08-01T13:37:41.000Z  christophe  AttachRolePolicy  arn:aws:iam::609418236337:role/stratus-red-team-malicious-iam-role",
    "2024-08-01T13:37:41.000Z  christophe  CreateRole  arn:aws:iam::609418236337:role/stratus-red-team-malicious-iam-role",
    "2024-07-31T12:36:52.000Z  christophe  GetSecretValue  arn:aws:secretsmanager:cn-centraleast-1r:903144391865:secret:stratus-red-team-retrieve-secret-18-4Rzn83",
    "2024-07-31T12:36:52.000Z  christophe  GetSecretValue  arn:aws:secretsmanager:cn-centraleast-1r:903144391865:secret:stratus-red-team-retrieve-secret-17-JF56OW",
  ]);
  const [trust, attach, key] = eventsOf("stratus-red-team");
  expect(trust?.facts).toMatchObject({ documentSha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(attach?.facts).toMatchObject({ policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });
  expect(key?.facts).toMatchObject({ accessKey: "AKIAXAFZN8JEPF6L682H" });
});

test("records of a detection library, some with times that it wrote anew", () => {
  const events = eventsOf("panther-analysis");
  expect(events.map(lineOf)).toEqual([
    "2019-01-01T00:00:00.000Z  example-user  AssumeRole  arn:aws:iam::123456789012:role/FullAdminRole",
    "2020-04-10T06:22:08.000Z  compromised_user  PutUserPolicy  arn:aws:iam::123456789012:user/compromised_user",
    "2022-09-24T00:28:15.000Z  Admin/jack  ModifyDBInstance  my-database",
    "2024-10-17T21:48:45.000Z  evil.genius  GetSecretValue  arn:aws:secretsmanager:us-west-2:123123123123:secret:stratus-red-team-retrieve-secret-3-gscOm8  attempt: AccessDenied",
  ]);
  expect(events[2]?.facts).toMatchObject({ masterPasswordChanged: true, iamAuthenticationIs: false });
  // Identity Center gives the name, so it is the person's.
  expect(events[3]?.actor.id).toBe("session/evil.genius");
  expect(events[2]?.actor.id).toBe("role/AROAJ4ULUNLE6DYF4PCOK");
});

test("synthetic: rotations wherever their secret stands, tokens that AWS does not record, changes nobody published", () => {
  const events = eventsOf("synthetic");
  const app = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders/app-AbCdEf";
  expect(events.map(lineOf)).toEqual([
    "2026-01-05T11:00:00.000Z  root  CreatePolicyVersion  arn:aws:iam::123456789012:policy/team/shared",
    "2026-01-05T11:01:00.000Z  ada  ModifyDBCluster  ledger",
    `2026-01-05T11:02:00.000Z  ada  PutSecretValue  ${app}`,
    `2021-06-01T07:30:00.000Z  secretsmanager.amazonaws.com  RotationSucceeded  ${app}`,
    `2021-06-01T07:31:00.000Z  secretsmanager.amazonaws.com  RotationFailed  ${app}`,
    `2021-06-01T07:32:00.000Z  secretsmanager.amazonaws.com  RotationStarted  ${app}`,
    `2021-06-01T07:33:00.000Z  secretsmanager.amazonaws.com  RotationAbandoned  ${app}`,
    "2026-01-05T10:00:00.000Z  rita  GENERATE-DB-AUTH-TOKEN  orders",
    "2026-01-05T10:01:00.000Z  90676f5e-1111-2222-3333-444455556666  DbConnectAdmin",
    "2026-01-05T10:02:00.000Z  Dblease-Broker/dblease-broker  AssumeRole  arn:aws:iam::123456789012:role/Dblease-Connect",
  ]);
  expect(events.at(-1)).toMatchObject({
    grantId: "7k2m9q4x1c0z",
    facts: { session: "7k2m9q4x1c0z", sourceIdentity: "rita", durationSeconds: 900 },
  });
  expect(events[1]?.facts).toMatchObject({ iamAuthentication: true, masterPasswordChanged: true });
});

test("the lines of an event are those that somebody asks by", () => {
  const [, ada, put] = eventsOf("synthetic");
  expect(ada && linesOf(ada)).toEqual([
    { kind: "database", key: "ledger" },
    { kind: "person", key: "AIDAEXAMPLEADA" },
    { kind: "person", key: "arn:aws:iam::123456789012:user/ada" },
  ]);
  expect(put && linesOf(put)).toContainEqual({ kind: "secret", key: "orders/app" });
  const [, , jack] = eventsOf("panther-analysis");
  expect(jack && linesOf(jack).slice(1)).toEqual([
    { kind: "person", key: "role/AROAJ4ULUNLE6DYF4PCOK" },
    { kind: "person", key: "arn:aws:sts::123456789012:assumed-role/Admin/Jack" },
    { kind: "person", key: "arn:aws:iam::123456789012:role/Admin" },
  ]);
});

test("no document, password, token or credential of a record comes along", () => {
  const all = JSON.stringify(eventsOf("*"));
  for (const secret of ["Statement", "****", "HIDDEN", "X-Amz", "IQoJb3", "sessionToken", "2012-10-17"]) {
    expect(all).not.toContain(secret);
  }
  expect(all.length / recorded().length).toBeLessThan(1_200);
});

test("a minor version that is to come is read, a major one is put aside", () => {
  const [first] = recorded("stratus-red-team");
  const versioned = (eventVersion: string) =>
    readDelivered(JSON.stringify({ ...first, detail: { ...first?.detail, eventVersion, novel: [1] } }), {});
  expect(versioned("1.42")).toHaveProperty("event");
  expect(versioned("2.0")).toEqual({ refused: "eventVersion: not a version 1" });
});
