import { spawn } from "node:child_process";
import { once } from "node:events";

/** `dblease console` as one of the people has it, until `use` is done. */
export async function onThePage(
  env: NodeJS.ProcessEnv,
  use: (page: {
    read(path: string): Promise<string>;
    send(form: object): Promise<Response>;
  }) => Promise<void>,
): Promise<void> {
  const child = spawn("node", ["dist/dblease.mjs", "console"], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const [printed] = await once(child.stdout, "data");
    const { url } = await fetch(String(printed).trim());
    await use({
      read: async (path) => (await fetch(url + path)).text(),
      send: (form) =>
        fetch(`${url}decide`, {
          method: "POST",
          headers: { origin: new URL(url).origin },
          body: new URLSearchParams({ ...form }),
        }),
    });
  } finally {
    child.kill();
  }
}
