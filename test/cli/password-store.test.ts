import { chmodSync, mkdirSync, mkdtempSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { passwordStore } from "../../cli/password-store.ts";
import { id } from "./grant-view.ts";

const freshHome = () => mkdtempSync(join(tmpdir(), "dblease-store-"));

test("without XDG_STATE_HOME passwords rest under ~/.local/state", async () => {
  const home = freshHome();
  const store = passwordStore({ HOME: home });
  await store.keep(id, "one");
  expect(store.folder).toBe(join(home, ".local/state/dblease"));
  expect(await store.read(id)).toBe("one");
  expect(await store.read("0000000000zz")).toBeUndefined();
});

test("a folder that was open to others is closed, and a second password replaces the first", async () => {
  const home = freshHome();
  const folder = join(home, "dblease");
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  const store = passwordStore({ XDG_STATE_HOME: home });
  await store.keep(id, "one");
  await store.keep(id, "two");
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder)).toEqual([id]);
  expect(await store.read(id)).toBe("two");
});

test("what is not a grant id never becomes a file name", async () => {
  const home = freshHome();
  const store = passwordStore({ XDG_STATE_HOME: home });
  await expect(async () => store.keep("../escaped", "x")).rejects.toThrow("not a grant id");
  await expect(async () => store.read("/etc/passwd")).rejects.toThrow("not a grant id");
  await store.tidy([{ id: "..", status: "revoked" }]);
  expect(readdirSync(home)).toEqual([]);
});
