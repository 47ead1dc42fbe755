import { fileURLToPath } from "node:url";

/** The full path of something in this checkout, wherever the command was started. */
export function inCheckout(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
