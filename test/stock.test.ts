/** Who may log in, and what explains each of them. */
import { expect, test } from "vitest";
import type { LoginUser } from "../src/engines/engine.ts";
import { type KnownUsers, type Stock, takeStock, unexplainedUsers } from "../src/stock.ts";

const first = new Date("2026-11-24T10:00:00.000Z");
const later = new Date("2026-11-25T10:00:00.000Z");
const known: KnownUsers = {
  rotated: new Map([["orders_app", "orders-app"]]),
  explained: new Map([
    ["reporting", "the weekly report"],
    ["etl@10.%", "loads at night"],
  ]),
};

function login(username: string, more: Partial<LoginUser> = {}): LoginUser {
  const name = username.replace(/@.*/, "");
  return {
    username,
    name,
    byIam: false,
    powers: [],
    sessions: 0,
    addresses: 0,
    bar: `bar ${username}`,
    ...more,
  };
}

function stock(logins: LoginUser[], before?: Stock, now = first): Stock {
  return takeStock(logins, known, before, now);
}

test.each<[string, LoginUser, string]>([
  ["the server's own", login("rdsadmin", { own: "server" }), "server"],
  ["the admin", login("master", { own: "admin" }), "admin"],
  ["a user of a grant", login("jit_7k2m9q4x1c0z"), "grant"],
  ["an application's, by its rotation", login("orders_app"), "rotation"],
  ["every account of that name", login("orders_app@%"), "rotation"],
  ["one that the configuration names", login("reporting"), "explained"],
  ["one account that it names", login("etl@10.%"), "explained"],
  ["another account of that name", login("etl@%"), "unexplained"],
  ["whoever looks like ours only half", login("jit_rita"), "unexplained"],
  ["whoever else there is", login("O'Brien"), "unexplained"],
])("%s", (_, user, reason) => {
  expect(stock([user]).users[0]?.reason).toBe(reason);
});

test("a user of before is a small matter, a new one more, a powerful one the most; and it stays one finding", () => {
  const early = stock([login("old"), login("admin2", { powers: ["CREATEROLE"] })]);
  const users = [...[login("old"), login("admin2", { powers: ["CREATEROLE"] })], login("new")];
  const after = stock(users, early, later);
  expect(unexplainedUsers(after, users).map((it) => `${it.severity} ${it.what}`)).toEqual([
    "low old",
    "high admin2",
    "medium new",
  ]);
  const [before] = unexplainedUsers(early, users);
  expect(unexplainedUsers(after, users)[0]).toEqual(before);
  expect(after).toMatchObject({ since: first.toISOString(), at: later.toISOString() });
});

test("what it rests on", () => {
  const user = login("old", {
    powers: ["CREATEROLE", "rds_superuser"],
    passwordSince: "2021-03-04T05:06:07.000Z",
    sessions: 3,
    addresses: 2,
  });
  expect(unexplainedUsers(stock([user]), [user])).toMatchObject([
    {
      repair: "bar old",
      evidence: [
        "was there when dblease first looked",
        "may more than use its data: CREATEROLE, rds_superuser",
        "no rotation changes its password, which is from 2021-03-04",
        "looks shared: sessions from several addresses at once",
      ],
    },
  ]);
  const byIam = login("iam", { byIam: true });
  expect(unexplainedUsers(stock([byIam]), [byIam])[0]?.evidence).toContain(
    "logs in by IAM: whoever has rds-db:connect as it",
  );
});

test("more users than an item holds are counted", () => {
  const many = Array.from({ length: 1005 }, (_, n) => login(`u${n}`));
  expect(stock(many)).toMatchObject({ users: { length: 1000 }, more: 5 });
});
