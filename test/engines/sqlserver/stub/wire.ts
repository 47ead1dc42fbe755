/**
 * The server's end of one TDS connection, on the driver's own modules for packets, messages and prelogin (MS-TDS). They
 * are tedious's inner modules, which it may change: the version is pinned.
 */
import { createRequire } from "node:module";
import type { Socket } from "node:net";
import { type Duplex, duplexPair } from "node:stream";
import { type SecureContext, TLSSocket } from "node:tls";

const require = createRequire(import.meta.url);
const Incoming = require("tedious/lib/incoming-message-stream");
const Outgoing = require("tedious/lib/outgoing-message-stream");
const Message = require("tedious/lib/message");
const PreloginPayload = require("tedious/lib/prelogin-payload");

export const type = { batch: 0x01, attention: 0x06, result: 0x04, login: 0x10, prelogin: 0x12 } as const;

export interface Incoming {
  type: number;
  data: Buffer;
}

const silent = { log() {}, packet() {}, data() {}, payload() {}, token() {} };
const packetSize = 4096;

export class Wire {
  private readonly socket: Socket;
  private readonly incoming = new Incoming(silent);
  private readonly outgoing = new Outgoing(silent, { packetSize });
  private readonly messages: AsyncIterator<AsyncIterable<Buffer> & { type: number }>;

  constructor(socket: Socket) {
    this.socket = socket;
    this.messages = this.incoming[Symbol.asyncIterator]();
    socket.pipe(this.incoming);
    this.outgoing.pipe(socket);
    for (const it of [socket, this.incoming, this.outgoing]) it.on("error", () => socket.destroy());
  }

  /** Undefined: the other side has gone. */
  async read(): Promise<Incoming | undefined> {
    try {
      const { value, done } = await this.messages.next();
      if (done) return undefined;
      const chunks: Buffer[] = [];
      for await (const chunk of value) chunks.push(chunk);
      return { type: value.type, data: Buffer.concat(chunks) };
    } catch {
      return undefined;
    }
  }

  write(messageType: number, data: Buffer): void {
    if (this.socket.destroyed) return;
    const message = new Message({ type: messageType, resetConnection: false });
    message.end(data);
    this.outgoing.write(message);
  }

  /** `encrypt: false`: a server that has no TLS. */
  answerPrelogin(encrypt: boolean): void {
    const version = { major: 16, minor: 0, build: 4105, subbuild: 0 };
    this.write(type.result, new PreloginPayload({ encrypt, version }).data);
  }

  /** Until the handshake is over, each TLS record travels in a prelogin message; afterwards the other way round. */
  async startTls(secureContext: SecureContext): Promise<void> {
    const [ours, theirs] = duplexPair();
    const secure = new TLSSocket(theirs as Duplex, { isServer: true, secureContext });
    secure.on("error", () => this.socket.destroy());
    const done = new Promise<void>((resolve, reject) => {
      secure.once("secure", resolve);
      this.socket.once("close", () => reject(new Error("closed in the handshake")));
    });
    let flushed: Promise<void> | undefined;
    ours.on("data", (chunk: Buffer) => this.write(type.prelogin, chunk));
    let finished = false;
    const pump = async () => {
      while (!finished) {
        const message = await this.read();
        if (message === undefined) return;
        ours.write(message.data);
        // The handshake's answer is written before the next message is waited for.
        flushed = new Promise((resolve) => setImmediate(resolve));
        await flushed;
        await new Promise((resolve) => setImmediate(resolve));
        if (secure.getFinished() !== undefined && secure.getPeerFinished() !== undefined) finished = true;
      }
    };
    await Promise.all([done, pump()]);
    ours.removeAllListeners("data");
    this.outgoing.unpipe(this.socket);
    this.socket.unpipe(this.incoming);
    this.socket.pipe(ours);
    ours.pipe(this.socket);
    secure.pipe(this.incoming);
    this.outgoing.pipe(secure);
  }

  close(): void {
    this.socket.destroy();
  }
}
