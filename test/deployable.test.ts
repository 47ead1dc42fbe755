import { expect, test } from "vitest";
import type { Config } from "../src/config.ts";
import { assertSecretsAreHere, isStrandedBy } from "../src/deployable.ts";
import type { Grant } from "../src/grant.ts";
import { sampleConfig } from "./sample-config.ts";

const here = { account: "111122223333", region: "eu-west-1" };

function arn(name: string, { account, region } = here): string {
  return `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`;
}

function configWith(ordersSecret: string, stockSecret = arn("stock")): Config {
  const { orders, stock } = sampleConfig.databases;
  const databases = {
    orders: { ...orders, adminSecret: ordersSecret },
    stock: { ...stock, adminSecret: stockSecret },
  };
  return { ...sampleConfig, databases } as Config;
}

function grant(status: Grant["status"], adminSecret: string, id = "orders"): Grant {
  return { status, database: { id, engine: "postgres", adminSecret } } as unknown as Grant;
}

test.each([
  ["of this account and region", arn("orders"), undefined],
  [
    "of another region",
    arn("orders", { ...here, region: "eu-central-1" }),
    /databases\.orders\.adminSecret.*region eu-central-1/,
  ],
  ["of another account", arn("orders", { ...here, account: "999900001111" }), /account 999900001111/],
  ["only in the environment", "env:ORDERS", /works only with npm run local/],
])("a secret %s", (_, secret, refusal) => {
  const check = () => assertSecretsAreHere(configWith(secret), here);
  if (refusal) expect(check).toThrow(refusal);
  else expect(check).not.toThrow();
});

test.each([
  ["active, and all stays", grant("active", arn("orders")), configWith(arn("orders")), false],
  ["active, its database would go", grant("active", arn("orders"), "gone"), configWith(arn("orders")), true],
  ["active, its admin secret would go", grant("active", arn("old")), configWith(arn("orders")), true],
  ["over, not yet looked at again", grant("revoked", arn("old")), configWith(arn("orders")), true],
  ["its secret is another database's now", grant("active", arn("stock")), configWith(arn("orders")), false],
  ["waiting, its admin secret would go", grant("requested", arn("old")), configWith(arn("orders")), false],
  ["active, the whole stack would go", grant("active", arn("orders")), undefined, true],
])("stranded or not: %s (dangers 15)", (_, it, config, stranded) => {
  expect(isStrandedBy(config, it)).toBe(stranded);
});

test.each([
  ["stays", "dblease_admin", false],
  ["is another one", "somebody", true],
  ["gives way to a password", undefined, true],
])("a live grant by IAM is stranded or not where its admin %s (dangers 15)", (_, adminUser, stranded) => {
  const own = { adminUser: "dblease_admin", adminSecret: undefined };
  const { database, ...rest } = grant("active", "");
  const live = { ...rest, database: { ...database, ...own } } as Grant;
  const config = configWith(arn("orders"));
  const orders = { ...config.databases.orders, adminUser } as Config["databases"][string];
  expect(isStrandedBy({ ...config, databases: { ...config.databases, orders } }, live)).toBe(stranded);
});
