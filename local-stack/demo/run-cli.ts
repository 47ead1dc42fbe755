import { spawn } from "node:child_process";
import { inCheckout } from "../in-checkout.ts";

/** Runs the built CLI as a person would, and gives what it prints. */
export async function cliText(env: NodeJS.ProcessEnv, ...words: string[]): Promise<string> {
  const child = spawn("node", [inCheckout("dist/dblease.mjs"), ...words], {
    env,
    // Its words are for a person at a terminal; the story has its own.
    stdio: ["ignore", "pipe", "ignore"],
  });
  let text = "";
  for await (const part of child.stdout.setEncoding("utf8")) text += part;
  return text;
}

/** The `data` of the JSON answer. A refusal is thrown with its next step. */
export async function runCli(env: NodeJS.ProcessEnv, ...words: string[]): Promise<unknown> {
  const text = await cliText(env, ...words, "--json");
  const answer: { data?: unknown; error?: { message: string; next: string } } = JSON.parse(text);
  if (answer.error) throw new Error(`${answer.error.message}. Next: ${answer.error.next}`);
  return answer.data;
}
