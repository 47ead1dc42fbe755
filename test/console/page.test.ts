/** The page as people have it before them: Chromium, by keyboard and by ear, in both colours, with hostile words in it. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumMissing, pictureOf, startChromium } from "./chromium.ts";
import { givenConsole, tokenIn } from "./given-console.ts";

const script = readFileSync(new URL("in-page.js", import.meta.url), "utf8");

const pages = {
  now: "./",
  timeline: "timeline",
  "timeline-of-one": "timeline?person=rita&show=ended",
  "grant-to-decide": "grant?id=2222222222aa",
  "grant-ended": "grant?id=4444444444aa",
  "grant-left-behind": "grant?id=5555555555aa",
  findings: "findings",
  passwords: "passwords",
  "not-there": "grant?id=9999999999aa",
};

/** Breaks out of text, attributes, comments and lines, hides, and never ends. */
const hostileWord = (text: string) =>
  `${text}"'><script>document.title="hit"</script><img src=x onerror=alert(1)>--></style>\u202e\u2066 שלום ${"long".repeat(60)}`;

/** A page that notes whatever the browser complains of: a refused style, a script, a dialog. */
async function opened(context: BrowserContext): Promise<{ page: Page; complaints: string[] }> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    // The answer 404 of a grant that is not there is told here, too.
    if (!message.text().startsWith("Failed to load resource")) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => {
    complaints.push(dialog.message());
    dialog.dismiss();
  });
  return { page, complaints };
}

/** Runs one of the functions of in-page.js. */
function inPage<Answer>(page: Page, name: "tags" | "paleTexts" | "faults" | "focused"): Promise<Answer> {
  return page.evaluate<Answer>(`${script}\ninPage.${name}()`);
}

describe.skipIf(chromiumMissing)("in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser?.close());

  test.each(["light", "dark"] as const)(
    "each page in %s: no complaint, readable, named",
    async (colorScheme) => {
      const it = await givenConsole();
      const context = await browser.newContext({
        colorScheme,
        javaScriptEnabled: false,
        viewport: { width: 1100, height: 800 },
      });
      const { page, complaints } = await opened(context);
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(it.address + path);
        expect([name, await inPage(page, "faults"), await inPage(page, "paleTexts"), complaints]).toEqual([
          name,
          [],
          [],
          [],
        ]);
        await page.screenshot({ path: pictureOf(`${name}-${colorScheme}`), fullPage: true });
      }
      await context.close();
      await it.close();
    },
  );

  test("hostile words change no tag, run nothing, and stay in their place, also on a narrow screen", async () => {
    const [plain, hostile] = [await givenConsole(), await givenConsole({ word: hostileWord })];
    const context = await browser.newContext({ viewport: { width: 400, height: 800 } });
    const { page, complaints } = await opened(context);
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(plain.address + path);
      const tags = await inPage(page, "tags");
      const ofThem = path.replace("person=rita", `person=${encodeURIComponent(hostileWord("rita"))}`);
      await page.goto(hostile.address + ofThem);
      expect([name, await inPage(page, "tags")]).toEqual([name, tags]);
      expect([name, await inPage(page, "faults"), complaints]).toEqual([name, [], []]);
      expect(await page.title()).not.toBe("hit");
      if (name === "not-there") continue;
      const text = await page.locator("main").innerText();
      expect(text).toContain("⟨U+202E⟩");
      expect(text).not.toMatch(/[\u202e\u2066]/);
      await page.screenshot({ path: pictureOf(`${name}-hostile`), fullPage: true });
    }
    await context.close();
    await Promise.all([plain.close(), hostile.close()]);
  });

  test("by keyboard alone, and without scripts: to the request, a reason, Enter, the grant", async () => {
    const it = await givenConsole();
    const context = await browser.newContext({ javaScriptEnabled: false });
    const { page, complaints } = await opened(context);
    await page.goto(it.address);
    const way: string[] = [];
    for (let presses = 0; presses < 40 && way.at(-1) !== "Reason (optional)"; presses++) {
      await page.keyboard.press("Tab");
      const { name, outline } = await inPage<{ name: string; outline: string }>(page, "focused");
      way.push(name);
      expect([name, outline]).toEqual([name, "solid"]);
    }
    expect(way.slice(0, 5)).toEqual(["Skip to the content", "Now", "Timeline", "Findings", "Passwords"]);
    await page.keyboard.type("agreed on the phone");
    await page.keyboard.press("Enter");
    await page.waitForURL(/grant\?id=2222222222aa$/);
    expect(it.changes).toEqual(["approve 2222222222aa agreed on the phone"]);
    // Going back and sending the same form once more is refused.
    await page.goBack();
    await page.getByRole("button", { name: "Deny read-only on orders for bob" }).click();
    expect(it.changes).toHaveLength(1);
    expect(complaints).toEqual([]);
    await context.close();
    await it.close();
  });

  test("a screen reader is told what the drawing shows, and the table says the same", async () => {
    const it = await givenConsole();
    const context = await browser.newContext();
    const { page } = await opened(context);
    await page.goto(`${it.address}timeline`);
    const spoken = await page.locator("main").ariaSnapshot();
    for (const words of [
      'group "rita on orders: 2 grants"',
      'img "2 findings on orders"',
      'rowheader "2222222222aa"',
      'columnheader "Decided by"',
      'combobox "Database"',
      'heading "What this page can not know"',
    ])
      expect(spoken).toContain(words);
    const inTable = await page.locator("table:not(.timeline) tbody th a").allInnerTexts();
    const drawn = await page
      .locator(".lane a")
      .evaluateAll((all) => all.map((one) => one.getAttribute("href")));
    for (const href of drawn) expect(inTable).toContain(href?.replace("grant?id=", ""));
    expect(drawn).toHaveLength(4);
    await context.close();
    await it.close();
  });

  test("a foreign page that knows address and token changes nothing, and cannot frame or read the page", async () => {
    const it = await givenConsole();
    const token = tokenIn((await it.ask("./")).body, "approve");
    const foreign = createServer((_, response) => {
      response.setHeader("content-type", "text/html");
      response.end(`<form id="f" method="post" action="${it.address}decide">
        <input name="id" value="2222222222aa"><input name="decision" value="approve"><input name="token" value="${token}"></form>
        <iframe name="frame" src="${it.address}"></iframe>
        <script>fetch("${it.address}").then((it) => it.text()).then((it) => { document.title = it; }, () => { document.title = "not read"; });</script>`);
    });
    await new Promise<void>((resolve) => foreign.listen(0, "127.0.0.1", resolve));
    // A TCP server that listens has an address of this shape.
    const { port } = foreign.address() as AddressInfo;
    const context = await browser.newContext();
    const page = await context.newPage();
    // The same machine on another port, and another site.
    for (const host of ["127.0.0.1", "localhost"]) {
      await page.goto(`http://${host}:${port}/`);
      await page.waitForFunction("document.title");
      expect(await page.title()).toBe("not read");
      expect(await page.frame("frame")?.content()).not.toContain("rita");
      await page.evaluate("document.forms[0].submit()");
      await page.waitForURL(`${it.address}decide`);
      expect(await page.locator("body").innerText()).not.toContain("rita");
    }
    expect(it.changes).toEqual([]);
    await context.close();
    await it.close();
    foreign.close();
    foreign.closeAllConnections();
  });
});
