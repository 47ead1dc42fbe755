import { say } from "./checkout.mjs";
import { unpackChromium } from "./unpack-chromium.mjs";

/** A browser for the tests of the page; a machine that cannot have one is told so, and everything else goes on. */
export async function fetchBrowser() {
  const problem = await unpackChromium();
  if (problem !== undefined) say(`no Chromium here, the tests of the page in it are skipped (${problem})`);
}
