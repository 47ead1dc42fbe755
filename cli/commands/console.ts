import { randomBytes } from "node:crypto";
import { type Command, Option } from "commander";
import { examples, portNumber } from "../options.ts";
import type { Run } from "../run.ts";
import { clockTime } from "../time-text.ts";

const warning =
  "Open it in a browser on this machine: it works once, and the page acts as you. Ctrl-C ends it.";

export function addConsole(program: Command, run: Run): void {
  const command = program
    .command("console")
    .summary("a page on this machine: what I hold, what waits for me, the timeline")
    .description(
      "Serve a page on this machine with your own credentials: what you hold, requests to approve, a timeline, findings, receipts.",
    )
    .addOption(
      new Option("--port <port>", "port to listen on; 0: any free one").argParser(portNumber).default(0),
    )
    .action(
      run(async ({ api, now, signal, words }, self) => {
        // Loaded late: no other command needs a web server.
        const { openConsole } = await import("../console/open-console.ts");
        const { port } = self.opts<{ port: number }>();
        const page = await openConsole(api, {
          port,
          now,
          random: randomBytes,
          opened: () =>
            words.write(
              `${clockTime(now().toISOString(), now())} the address was opened; it opens nothing more.\n`,
            ),
        });
        return {
          data: { address: page.address },
          text: page.address,
          words: warning,
          goesOn: () => page.serveUntil(signal),
        };
      }),
    );
  examples(command, ["dblease console", "dblease console --port 8123 --json"]);
}
