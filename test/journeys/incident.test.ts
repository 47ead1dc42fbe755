/** The incident switch: close a person, a database or everything; end what is open; a second person opens again. */
import { AttachUserPolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { GivenStack, type Requested } from "./given-stack.ts";

const given = new GivenStack();

async function secondAdmin() {
  const policy = { UserName: "approver", PolicyArn: given.resource("EndpointAdminPolicy") };
  await new IAMClient(given.root).send(new AttachUserPolicyCommand(policy));
  return given.user("approver");
}

test("what is frozen gets no access, no start and no extension, until a second administrator lifts it", async () => {
  const rita = await given.user("requester");
  const root = await given.user("admin");
  const ada = await secondAdmin();
  const scope = "database/orders";
  const active = await given.active(rita, { seconds: 120 });
  const waiting = await given.request(rita, { role: "read-write", seconds: 120 });

  expect((await rita.call("POST", "/freezes", { scope, reason: "mine" })).status).toBe(403);
  expect(await root.call("POST", "/freezes", { scope, reason: "incident" })).toMatchObject({
    status: 201,
    body: { scope, by: { name: "root" } },
  });
  await expect(given.request(rita, { seconds: 60 })).rejects.toThrow(/FROZEN/);
  expect(await rita.call("POST", `/grants/${active.id}/extend`, { durationSeconds: 60 })).toMatchObject({
    body: { code: "FROZEN", detail: "root has frozen database orders: incident" },
  });
  await root.call("POST", `/grants/${waiting.id}/approve`);
  expect((await given.until(waiting.id, "denied")).denial?.reason).toContain("root has frozen it: incident");
  expect(await given.userExists(waiting.username)).toBe(false);

  expect(await root.call("POST", "/freezes/lift", { scope })).toMatchObject({
    body: { code: "OWN_REQUEST" },
  });
  expect(await ada.call("POST", "/freezes/lift", { scope })).toMatchObject({
    status: 200,
    body: { liftedBy: { name: "ada" } },
  });
  const again = await given.active(rita, { seconds: 60 });
  for (const { id } of [active, again]) await rita.call("POST", `/grants/${id}/revoke`);
  await given.until(again.id, "revoked");
});

test("revoke-all shows first, does it only for the count that was shown, and every grant proves itself", async () => {
  const rita = await given.user("requester");
  const held: Requested[] = [];
  for (let count = 0; count < 6; count++) held.push(await given.request(rita, { seconds: 300 }));
  for (const { id } of held) await given.until(id, "active");
  const wish = ["revoke-all", "--requester", "rita", "--reason", "laptop stolen"];
  const shown = await given.dblease("admin", ...wish);
  expect(shown.data.map((it: { id: string }) => it.id).sort()).toEqual(held.map((it) => it.id).sort());
  expect(await given.dblease("admin", ...wish, "--confirm", "5")).toMatchObject({
    error: { code: "CONFLICT" },
  });
  expect((await given.dblease("admin", ...wish, "--confirm", "6")).data).toHaveLength(6);
  for (const { id } of held) {
    const closed = await given.until(id, "revoked");
    expect(closed).toMatchObject({ end: { by: "root", reason: "laptop stolen" }, receipt: { residue: [] } });
  }
});
