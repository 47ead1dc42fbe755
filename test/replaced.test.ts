import { expect, test } from "vitest";
import type { DatabaseSnapshot, Member } from "../src/grant.ts";
import { replacedBy } from "../src/replaced.ts";

const database = { id: "orders" } as DatabaseSnapshot;
const proxy: Member = { id: "pool", host: "p", port: 5432, resourceId: "prx-1" };
const grant = { database, serverId: "db-1" };

test.each([
  ["its own server", grant, { server: "db-1" }, undefined],
  ["a server that RDS never knew", { database }, { server: undefined }, undefined],
  ["another server", grant, { server: "db-2" }, /another server \(db-2\) .* \(db-1\)/],
  ["no server", grant, { server: undefined }, /server of database orders is gone \(db-1\)/],
  ["its own proxy", { ...grant, proxy }, { server: "db-1", proxy: "prx-1" }, undefined],
  [
    "another proxy",
    { ...grant, proxy },
    { server: "db-1", proxy: "prx-2" },
    /another one \(prx-2\) .* \(prx-1\)/,
  ],
  ["no proxy", { ...grant, proxy }, { server: "db-1", proxy: undefined }, /proxy pool is gone \(prx-1\)/],
  ["a proxy that came later", grant, { server: "db-1", proxy: "prx-2" }, undefined],
  ["both anew", { ...grant, proxy }, { server: "db-2", proxy: "prx-2" }, /another server/],
])("%s", (_what, of, current, reason) => {
  const because = replacedBy(of, current);
  if (reason === undefined) expect(because).toBeUndefined();
  else expect(because).toMatch(reason);
});
