import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** @param {string} path relative to the root of the checkout */
export function inCheckout(path) {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** @param {string} path relative to the root of the checkout */
export function contentHash(path) {
  return createHash("sha256")
    .update(readFileSync(inCheckout(path)))
    .digest("hex");
}

/** @param {string} words */
export function say(words) {
  process.stderr.write(`dblease set-up: ${words}\n`);
}
