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
/** Of a packet: type, status, length, process id, number, window (MS-TDS 2.2.3.1). */
const headerSize = 8;

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

  /**
   * Until the handshake is over, each TLS record travels in a prelogin message; afterwards the other way round. It is over
   * for both with the first bytes of the client that are no such message: it has the server's last word then.
   */
  async startTls(secureContext: SecureContext): Promise<void> {
    const [ours, theirs] = duplexPair();
    const secure = new TLSSocket(theirs as Duplex, { isServer: true, secureContext });
    secure.on("error", () => this.socket.destroy());
    secure.pipe(this.incoming);
    const wrap = (record: Buffer) => this.write(type.prelogin, record);
    let bytes: Buffer = Buffer.alloc(0);
    const unwrap = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes[0] === type.prelogin && bytes.length >= headerSize) {
        const length = bytes.readUInt16BE(2);
        if (bytes.length < length) return;
        ours.write(bytes.subarray(headerSize, length));
        bytes = bytes.subarray(length);
      }
      if (bytes.length > 0 && bytes[0] !== type.prelogin) goOn();
    };
    const goOn = () => {
      this.socket.off("data", unwrap);
      ours.off("data", wrap);
      ours.write(bytes);
      this.socket.pipe(ours).pipe(this.socket);
      this.outgoing.unpipe(this.socket);
      this.outgoing.pipe(secure);
    };
    this.socket.unpipe(this.incoming);
    this.socket.on("data", unwrap).resume();
    ours.on("data", wrap);
    await new Promise<void>((resolve, reject) => {
      secure.once("secure", resolve);
      this.socket.once("close", () => reject(new Error("closed in the handshake")));
    });
  }

  close(): void {
    this.socket.destroy();
  }
}
