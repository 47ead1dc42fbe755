import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { inCheckout } from "../../local-stack/in-checkout.ts";

const folder = inCheckout(".local/chromium");
const executablePath = join(folder, "usr/lib/chromium/chromium-headless-shell");

/** Why no browser can be started here; undefined: one can. */
export const chromiumMissing = existsSync(executablePath) ? undefined : "no Chromium in .local/chromium";

/** Debian's Chromium, unpacked by set-up with the libraries that this machine has not. */
export function startChromium(): Promise<Browser> {
  const libraries = join(folder, "usr/lib/x86_64-linux-gnu");
  const paths = [libraries, join(libraries, "pulseaudio")].join(":");
  return chromium.launch({ executablePath, env: { ...process.env, LD_LIBRARY_PATH: paths } });
}

/** Where pictures of the page are kept, as build output. */
export function pictureOf(name: string): string {
  const pictures = inCheckout(".local/console-pictures");
  mkdirSync(pictures, { recursive: true });
  return join(pictures, `${name}.png`);
}
