/**
 * One client of the proxy: it speaks PostgreSQL's protocol in plain text on this machine, and gets a connection that is
 * logged in already, over verified TLS with a token of its own. Messages: PostgreSQL manual, "Message Formats".
 */
import { connect as connectTcp, type Socket } from "node:net";
import { pipe, type Relay, type RelayTarget, secure } from "./relay.ts";
import { longestMessage, SocketReader } from "./socket-reader.ts";

const codes = { cancel: 80877102, tls: 80877103, gss: 80877104 } as const;
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const [asksPassword, isError] = ["R".charCodeAt(0), "E".charCodeAt(0)];

function sized(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type, "latin1"), length, body]);
}

/** One message; the first ones of a client have no type byte. */
async function messageOf(reader: SocketReader, kind: "startup" | "typed"): Promise<Buffer> {
  const head = await reader.bytes(kind === "typed" ? 5 : 4);
  const length = head.readInt32BE(head.length - 4);
  if (length < 4 || length > longestMessage) throw new Error("this is not PostgreSQL's protocol");
  return Buffer.concat([head, await reader.bytes(length - 4)]);
}

/** An error as the client's own driver shows it. */
function fatal(sentence: string): Buffer {
  return sized("E", Buffer.from(`SFATAL\0VFATAL\0C28000\0M${sentence}\0\0`, "utf8"));
}

/** The client's first real message; encryption is offered to nobody, because nobody else is on the way. */
async function startup(client: Socket, reader: SocketReader): Promise<Buffer> {
  for (;;) {
    const message = await messageOf(reader, "startup");
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

async function openServer(target: RelayTarget): Promise<Socket> {
  const { host, port } = target;
  const plain = connectTcp(port, host);
  const reader = new SocketReader(plain);
  plain.on("error", () => plain.destroy());
  plain.write(sslRequest);
  const answer = await reader.bytes(1);
  reader.release();
  if (answer.toString() !== "S") throw new Error(`${host} offers no TLS`);
  return secure(plain, target);
}

/** Logs in for the client. @returns what the client is told first. */
async function logIn(reader: SocketReader, server: Socket, token: string): Promise<Buffer> {
  for (;;) {
    const message = await messageOf(reader, "typed");
    if (message[0] === isError || message[0] !== asksPassword) return message;
    const wanted = message.readInt32BE(5);
    if (wanted === 0) return message;
    // 3: clear text, as RDS asks for a token. Whoever asks for something else is not RDS.
    if (wanted !== 3) throw new Error("the server does not ask for a token");
    server.write(sized("p", Buffer.from(`${token}\0`, "utf8")));
  }
}

async function relay(client: Socket, target: RelayTarget): Promise<void> {
  const fromClient = new SocketReader(client);
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
  const fromServer = new SocketReader(server);
  server.write(asGrant(first, target));
  const answer = await logIn(fromServer, server, token);
  client.write(Buffer.concat([answer, fromServer.release()]));
  server.write(fromClient.release());
  pipe(client, server);
}

export const relayPostgres: Relay = async (client, target) => {
  client.on("error", () => client.destroy());
  try {
    await relay(client, target);
  } catch (error) {
    client.end(fatal(`dblease proxy: ${error instanceof Error ? error.message : error}`));
  }
};
