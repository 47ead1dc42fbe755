import { spawnSync } from "node:child_process";
import type { FurtherEngine } from "./further-servers.ts";
import { inCheckout } from "./in-checkout.ts";

/** Fetches the servers that this machine does not have yet; where it cannot have one, this process ends with the reason. */
export function setUpServers(engines: readonly FurtherEngine[]): void {
  if (engines.length === 0) return;
  const words = [inCheckout("local-stack/set-up.mjs"), "--with", engines.join(",")];
  const { status } = spawnSync(process.execPath, words, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) process.exit(1);
}
