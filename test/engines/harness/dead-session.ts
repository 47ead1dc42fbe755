import { readFile } from "node:fs/promises";
import type { MysqlFamilyServer } from "../../../local-stack/mysql-family-server.ts";

/** As proc(5) numbers them, in "/proc/net/tcp": ESTABLISHED and CLOSE_WAIT, in which the server has not let go. */
const open = ["01", "08"];

/**
 * Whether the server lists a session whose connection it has closed, as the kernel sees it. Only on Linux; elsewhere
 * nothing is called dead.
 *
 * @param session as a receipt names it.
 */
export async function isDead(
  session: string,
  { port }: Pick<MysqlFamilyServer, "port">,
  root: (sql: string) => Promise<Record<string, unknown>[]>,
): Promise<boolean> {
  const id = Number(/^session (\d+)$/.exec(session)?.[1]);
  const [row] = await root(`SELECT HOST AS host FROM information_schema.PROCESSLIST WHERE ID = ${id}`);
  const client = /:(\d+)$/.exec(`${row?.host}`)?.[1];
  const sockets = await readFile("/proc/net/tcp", "utf8").catch(() => undefined);
  if (client === undefined || sockets === undefined) return false;
  const portOf = (address: string | undefined) => Number.parseInt(`${address}`.split(":")[1] ?? "", 16);
  return !sockets.split("\n").some((line) => {
    const [, local, remote, state] = line.trim().split(/\s+/);
    return portOf(local) === port && portOf(remote) === Number(client) && open.includes(`${state}`);
  });
}
