import type { Socket } from "node:net";

/** Longer than any message of a login; whoever sends more is no PostgreSQL. */
const longest = 100_000;

/** Reads whole messages of PostgreSQL's protocol off a socket, and hands over what is left to a relay. */
export class MessageReader {
  private buffer: Buffer = Buffer.alloc(0);
  private ended = false;
  private wake = () => {};
  private readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", this.take);
    socket.on("close", this.end);
  }

  private readonly take = (chunk: Buffer): void => {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    this.wake();
  };

  private readonly end = (): void => {
    this.ended = true;
    this.wake();
  };

  /** The next `count` bytes. Rejects where the socket ends before. */
  async bytes(count: number): Promise<Buffer> {
    while (this.buffer.length < count) {
      if (this.ended) throw new Error("the connection ended within a message");
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const found = this.buffer.subarray(0, count);
    this.buffer = this.buffer.subarray(count);
    return found;
  }

  /** One message; the first ones of a client have no type byte (PostgreSQL manual, "Message Formats"). */
  async message(kind: "startup" | "typed"): Promise<Buffer> {
    const head = await this.bytes(kind === "typed" ? 5 : 4);
    const length = head.readInt32BE(head.length - 4);
    if (length < 4 || length > longest) throw new Error("this is not PostgreSQL's protocol");
    return Buffer.concat([head, await this.bytes(length - 4)]);
  }

  /** Stops reading. @returns what came already. */
  release(): Buffer {
    this.socket.off("data", this.take);
    this.socket.off("close", this.end);
    return this.buffer;
  }
}
