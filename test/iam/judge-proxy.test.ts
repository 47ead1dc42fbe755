import type { DBProxy, DBProxyTarget } from "@aws-sdk/client-rds";
import { expect, test } from "vitest";
import type { DatabaseSnapshot } from "../../src/grant.ts";
import { judgeProxy } from "../../src/iam/judge-proxy.ts";

const orders: DatabaseSnapshot = {
  id: "orders",
  engine: "postgres",
  instance: "Orders-prod",
  database: "orders",
};
const proxy: DBProxy = {
  DBProxyArn: "arn:aws:rds:eu-west-1:123456789012:db-proxy:prx-1f",
  Status: "available",
  DefaultAuthScheme: "IAM_AUTH",
  EngineFamily: "POSTGRESQL",
  Endpoint: "orders.proxy-x.eu-west-1.rds.amazonaws.com",
};
const target: DBProxyTarget = { Type: "RDS_INSTANCE", RdsResourceId: "orders-prod" };
const listed = { resourceIds: ["db-A", "prx-1f"] };

const judge = (
  changed: Partial<DBProxy> = {},
  targets: readonly DBProxyTarget[] = [target],
  database = orders,
  config = listed,
) => judgeProxy("pool", database, config, { proxy: { ...proxy, ...changed }, targets });

test("a proxy with IAM end to end is where people log in, on the port of its protocol", () => {
  const host = proxy.Endpoint;
  expect(judge()).toEqual({ proxy: { id: "pool", host, port: 5432, resourceId: "prx-1f" } });
  for (const engine of ["mysql", "mariadb"] as const) {
    expect(judge({ EngineFamily: "MYSQL" }, [target], { ...orders, engine })).toMatchObject({
      proxy: { port: 3306 },
    });
  }
});

const { instance: _, ...bare } = orders;
const cluster: DatabaseSnapshot = { ...bare, cluster: "shop" };

test.each<[string, DBProxyTarget]>([
  ["the cluster", { Type: "TRACKED_CLUSTER", RdsResourceId: "shop" }],
  ["one of its instances", { Type: "RDS_INSTANCE", TrackedClusterId: "shop", RdsResourceId: "shop-1" }],
])("%s as target stands for a cluster", (_what, it) => {
  expect(judge({}, [it], cluster)).toHaveProperty("proxy");
});

test.each<[string, ReturnType<typeof judge>, string]>([
  ["another name", judgeProxy("pool", orders, listed, undefined), "none that RDS knows"],
  ["one that is being made", judge({ Status: "creating" }), "is not available (creating)"],
  ["one by secrets", judge({ DefaultAuthScheme: "NONE" }), "logs in to its database by secrets"],
  ["one that says nothing of it", judge({ DefaultAuthScheme: undefined }), "by secrets"],
  ["another protocol", judge({ EngineFamily: "MYSQL" }), "speaks MYSQL, and orders is postgres"],
  ["no target", judge({}, []), "does not lead to the server of orders"],
  [
    "an instance that is called like the cluster",
    judge({}, [{ ...target, RdsResourceId: "shop" }], cluster),
    "lead",
  ],
  [
    "another id",
    judge({}, [target], orders, { resourceIds: ["db-A", "prx-2"] }),
    "has the id prx-1f, for which",
  ],
])("%s is refused, and what mends it is said", (_what, judged, sentence) => {
  expect(judged).toMatchObject({
    sentence: expect.stringContaining(sentence),
    repair: expect.stringMatching(/./),
  });
});
