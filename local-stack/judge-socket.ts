import { createServer, type Server, type Socket } from "node:net";

/** Whether AWS would let this database user in with this token. */
export type Judge = (username: string, token: string) => Promise<boolean>;

/** Longer than any name and token together. */
const longest = 20_000;

/** One question of aws-authentication-plugin/plugin.c: `user NUL token NUL`. */
async function questionOf(socket: Socket): Promise<[username: string, token: string]> {
  let text = "";
  for await (const chunk of socket.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    text += chunk;
    const [username = "", token = "", rest] = text.split("\0");
    if (rest !== undefined) return [username, token];
    if (text.length > longest) break;
  }
  throw new Error("this is no question of the plugin");
}

/** Where the IAM plugin of a MySQL or MariaDB server asks: a Unix socket. Whatever goes wrong here lets nobody in. */
export async function openJudgeSocket(path: string, judge: Judge): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    questionOf(socket)
      .then((question) => judge(...question))
      .catch(() => false)
      .then((allowed) => socket.end(allowed ? "y" : "n"));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return server;
}
