import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { inCheckout } from "../in-checkout.ts";

export interface OpenPage {
  /** Leads in once. */
  address: string;
  close(): Promise<void>;
}

/** `dblease console` of this person; it ends with this process at the latest. */
export async function openPage(env: NodeJS.ProcessEnv): Promise<OpenPage> {
  const child = spawn("node", [inCheckout("dist/dblease.mjs"), "console", "--json"], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = once(child, "close");
  const told = await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]);
  if (typeof told[0] !== "string") throw new Error("the page did not open. Next: npx dblease console");
  const { data } = JSON.parse(told[0]) as { data: { address: string } };
  return {
    address: data.address,
    async close() {
      child.kill("SIGINT");
      await ended;
    },
  };
}
