import { execFileSync } from "node:child_process";
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";
import { inCheckout } from "../local-stack/in-checkout.ts";

/** What a figure depends on besides the code, as lines for a page. */
export function machine(now: Date): string[] {
  const [processor] = cpus();
  const commit = execFileSync("git", ["-C", inCheckout("."), "describe", "--always", "--dirty"], {
    encoding: "utf8",
  });
  return [
    `date: ${now.toISOString().slice(0, 10)}, commit ${commit.trim()}`,
    `machine: ${cpus().length} shared cores (${processor?.model ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()} ${arch()}`,
    `load when the run ended: ${loadavg()
      .map((it) => it.toFixed(1))
      .join(", ")}`,
    `Node ${process.version}`,
  ];
}
