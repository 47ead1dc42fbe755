/**
 * One client of the proxy: it speaks PostgreSQL's protocol in plain text on this machine, and gets a connection that is
 * logged in already, over verified TLS with a token of its own. Messages: PostgreSQL manual, "Message Formats".
 */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { MessageReader } from "./message-reader.ts";

export interface RelayTarget {
  host: string;
  port: number;
  username: string;
  database: string;
  /** PEM to trust; absent: this machine's authorities. */
  ca?: string;
  /** A fresh token. */
  token: () => Promise<string>;
}

const codes = { cancel: 80877102, tls: 80877103, gss: 80877104 } as const;
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const [asksPassword, isError] = ["R".charCodeAt(0), "E".charCodeAt(0)];

function sized(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type, "latin1"), length, body]);
}

/** An error as the client's own driver shows it. */
function fatal(sentence: string): Buffer {
  return sized("E", Buffer.from(`SFATAL\0VFATAL\0C28000\0M${sentence}\0\0`, "utf8"));
}

/** The client's first real message; encryption is offered to nobody, because nobody else is on the way. */
async function startup(client: Socket, reader: MessageReader): Promise<Buffer> {
  for (;;) {
    const message = await reader.message("startup");
    const code = message.readInt32BE(4);
    if (code !== codes.tls && code !== codes.gss) return message;
    client.write("N");
  }
}

/** The client's settings, with the grant's user and, where it names none, database. */
function asGrant(message: Buffer, { username, database }: RelayTarget): Buffer {
  const words = message.subarray(8).toString("utf8").split("\0").slice(0, -2);
  const settings = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2) settings.set(words[at] ?? "", words[at + 1] ?? "");
  if (!settings.has("database")) settings.set("database", database);
  settings.set("user", username);
  const text = [...settings].flat().join("\0");
  return sized("", Buffer.concat([message.subarray(4, 8), Buffer.from(`${text}\0\0`, "utf8")]));
}

/** TLS to the server, with its name and authority checked, as libpq's sslmode=verify-full. */
async function openServer({ host, port, ca }: RelayTarget): Promise<Socket> {
  const plain = connectTcp(port, host);
  const reader = new MessageReader(plain);
  plain.on("error", () => plain.destroy());
  plain.write(sslRequest);
  const answer = await reader.bytes(1);
  reader.release();
  if (answer.toString() !== "S") throw new Error(`${host} offers no TLS`);
  return new Promise((resolve, reject) => {
    const secure = connectTls({ socket: plain, servername: host, ...(ca ? { ca } : {}) });
    secure.once("secureConnect", () => resolve(secure));
    secure.once("error", reject);
  });
}

function pipe(client: Socket, server: Socket): void {
  const end = () => {
    client.destroy();
    server.destroy();
  };
  for (const socket of [client, server]) socket.on("error", end).on("close", end);
  client.pipe(server);
  server.pipe(client);
}

/** Logs in for the client. @returns what the client is told first. */
async function logIn(reader: MessageReader, server: Socket, token: string): Promise<Buffer> {
  for (;;) {
    const message = await reader.message("typed");
    if (message[0] === isError || message[0] !== asksPassword) return message;
    const wanted = message.readInt32BE(5);
    if (wanted === 0) return message;
    // 3: clear text, as RDS asks for a token. Whoever asks for something else is not RDS.
    if (wanted !== 3) throw new Error("the server does not ask for a token");
    server.write(sized("p", Buffer.from(`${token}\0`, "utf8")));
  }
}

async function relay(client: Socket, target: RelayTarget): Promise<void> {
  const fromClient = new MessageReader(client);
  const first = await startup(client, fromClient);
  if (first.readInt32BE(4) === codes.cancel) {
    (await openServer(target)).end(first);
    client.end();
    return;
  }
  // Before the server is asked: a grant that has ended says so itself.
  const token = await target.token();
  const server = await openServer(target);
  client.once("close", () => server.destroy());
  const fromServer = new MessageReader(server);
  server.write(asGrant(first, target));
  const answer = await logIn(fromServer, server, token);
  client.write(Buffer.concat([answer, fromServer.release()]));
  server.write(fromClient.release());
  pipe(client, server);
}

/** Serves one client until either side ends. The client hears in its own protocol why it is not let in. */
export async function relayPostgres(client: Socket, target: RelayTarget): Promise<void> {
  client.on("error", () => client.destroy());
  try {
    await relay(client, target);
  } catch (error) {
    client.end(fatal(`dblease proxy: ${error instanceof Error ? error.message : error}`));
  }
}
