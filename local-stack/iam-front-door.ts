/**
 * What RDS has in front of PostgreSQL, modelled: TLS ends here; a member of rds_iam, directly or through others, is asked
 * for a token in clear text, which the account's judge looks at; everybody else goes on to the server's own login.
 * The server behind listens on its Unix socket alone. Its log says [local] where RDS's shows the client's address.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";

export interface FrontDoor {
  /** Absent: 127.0.0.1. */
  host?: string;
  port: number;
  /** Unix socket of the server. */
  socketPath: string;
  key: string;
  certificate: string;
  /** Membership of rds_iam as the server's own pg_hba.conf matches it. */
  isIamUser: (username: string) => Promise<boolean>;
  judge: (username: string, token: string) => Promise<boolean>;
}

// PostgreSQL manual, "Message Formats".
const sslRequest = 80877103;
const cancelRequest = 80877102;
const askClearText = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);

/** Reads whole messages off a socket; what comes after the last one asked for stays for the relay. */
class Reader {
  private buffer = Buffer.alloc(0);
  private waiting: (() => void) | undefined;
  private readonly socket: Socket;
  private ended = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", this.take);
    socket.on("close", this.end);
  }

  private readonly take = (chunk: Buffer) => {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    this.waiting?.();
  };

  private readonly end = () => {
    this.ended = true;
    this.waiting?.();
  };

  private async need(count: number): Promise<void> {
    while (this.buffer.length < count) {
      if (this.ended) throw new Error("the client hung up");
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
  }

  /** A message without or with a type byte in front. */
  async message(typed: boolean): Promise<Buffer> {
    const head = typed ? 1 : 0;
    await this.need(head + 4);
    const length = head + this.buffer.readInt32BE(head);
    if (length > 100_000) throw new Error("a message that long is none of a login");
    await this.need(length);
    const whole = this.buffer.subarray(0, length);
    this.buffer = this.buffer.subarray(length);
    return whole;
  }

  /** Hands over what is left, and listens no more. */
  rest(): Buffer {
    this.socket.off("data", this.take);
    this.socket.off("close", this.end);
    return this.buffer;
  }
}

function fatal(code: string, text: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`, "utf8");
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

function userOf(startup: Buffer): string {
  const words = startup.subarray(8).toString("utf8").split("\0");
  return words[words.findIndex((word, index) => index % 2 === 0 && word === "user") + 1] ?? "";
}

function relay(door: FrontDoor, client: Socket, reader: Reader, first: Buffer): void {
  const server = connect(door.socketPath);
  const end = () => {
    server.destroy();
    client.destroy();
  };
  for (const socket of [server, client]) socket.on("error", end).on("close", end);
  server.write(Buffer.concat([first, reader.rest()]));
  client.pipe(server);
  server.pipe(client);
}

async function letIn(door: FrontDoor, client: Socket): Promise<void> {
  const reader = new Reader(client);
  const startup = await reader.message(false);
  if (startup.readInt32BE(4) === cancelRequest) return relay(door, client, reader, startup);
  const username = userOf(startup);
  if (await door.isIamUser(username)) {
    client.write(askClearText);
    const password = await reader.message(true);
    const token = password.subarray(5, -1).toString("utf8");
    if (!(await door.judge(username, token))) {
      client.end(fatal("28000", `PAM authentication failed for user "${username}"`));
      return;
    }
  }
  relay(door, client, reader, startup);
}

async function answer(door: FrontDoor, socket: Socket): Promise<void> {
  const reader = new Reader(socket);
  const first = await reader.message(false);
  if (first.readInt32BE(4) !== sslRequest) {
    socket.end(fatal("28000", "no pg_hba.conf entry for this host, no encryption"));
    return;
  }
  reader.rest();
  socket.write("S");
  const secureContext = createSecureContext({ key: door.key, cert: door.certificate });
  const client = new TLSSocket(socket, { isServer: true, secureContext });
  client.on("error", () => client.destroy());
  await letIn(door, client);
}

/** Opens the door. It ends with this process. */
export async function openFrontDoor(door: FrontDoor): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    answer(door, socket).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(door.port, door.host ?? "127.0.0.1", resolve);
  });
  return server;
}
