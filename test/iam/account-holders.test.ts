/** A large account: what IAM tells on several pages. The local stack's IAM has one page only, so here it is played. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { IAMClient } from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { accountHolders } from "../../src/iam/account-holders.ts";

const account = "arn:aws:iam::111122223333";
const encoded = (text: string) => encodeURIComponent(text);
const attached = (arn: string) =>
  `<AttachedManagedPolicies><member><PolicyName>p</PolicyName><PolicyArn>${arn}</PolicyArn></member></AttachedManagedPolicies>`;

const first = `<UserDetailList><member><UserName>rita</UserName><Arn>${account}:user/ops/rita</Arn>
    <GroupList><member>dba</member></GroupList>
    <UserPolicyList><member><PolicyName>own</PolicyName><PolicyDocument>${encoded('{"a":"100%"}')}</PolicyDocument></member></UserPolicyList>
    <PermissionsBoundary><PermissionsBoundaryArn>${account}:policy/bound</PermissionsBoundaryArn></PermissionsBoundary></member></UserDetailList>
  <RoleDetailList><member><RoleName>deploy</RoleName><Arn>${account}:role/deploy</Arn>${attached(`${account}:policy/p`)}</member></RoleDetailList>
  <IsTruncated>true</IsTruncated><Marker>second</Marker>`;
const version = (id: string, document: string, isDefault: boolean) =>
  `<member><VersionId>${id}</VersionId><IsDefaultVersion>${isDefault}</IsDefaultVersion><Document>${encoded(document)}</Document></member>`;
const second = `<GroupDetailList><member><GroupName>dba</GroupName><Arn>${account}:group/dba</Arn>${attached("arn:aws:iam::aws:policy/Gone")}</member></GroupDetailList>
  <Policies><member><Arn>${account}:policy/p</Arn><PolicyVersionList>${version("v1", "old", false)}${version("v2", "new", true)}</PolicyVersionList></member>
    <member><Arn>${account}:policy/bound</Arn><PolicyVersionList>${version("v1", "bound", true)}</PolicyVersionList></member></Policies>
  <IsTruncated>false</IsTruncated>`;

function answer(body: string): { status: number; text: string } {
  if (body.includes("Action=GetAccountAuthorizationDetails")) {
    const page = body.includes("Marker=second") ? second : first;
    const result = `<GetAccountAuthorizationDetailsResult>${page}</GetAccountAuthorizationDetailsResult>`;
    return {
      status: 200,
      text: `<GetAccountAuthorizationDetailsResponse>${result}</GetAccountAuthorizationDetailsResponse>`,
    };
  }
  return {
    status: 404,
    text: "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>none</Message></Error></ErrorResponse>",
  };
}

test("everybody of every page, policies in their default version, a document that is gone as one that may say anything", async () => {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const it of request) parts.push(it);
    const { status, text } = answer(Buffer.concat(parts).toString());
    response.writeHead(status, { "content-type": "text/xml" }).end(text);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const iam = new IAMClient({
    region: "eu-west-1",
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: "x", secretAccessKey: "y" },
  });
  try {
    expect(await accountHolders(iam)).toEqual([
      {
        kind: "user",
        name: "rita",
        arn: `${account}:user/ops/rita`,
        policies: [{ name: "own", document: '{"a":"100%"}' }],
        boundary: { name: `${account}:policy/bound`, document: "bound" },
        members: [],
      },
      {
        kind: "role",
        name: "deploy",
        arn: `${account}:role/deploy`,
        policies: [{ name: `${account}:policy/p`, document: "new" }],
        boundary: undefined,
        members: [],
      },
      {
        kind: "group",
        name: "dba",
        arn: `${account}:group/dba`,
        policies: [{ name: "arn:aws:iam::aws:policy/Gone", document: "" }],
        boundary: undefined,
        members: ["rita"],
      },
    ]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
