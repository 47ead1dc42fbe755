import type { Socket } from "node:net";

/** Longer than any message of a login; whoever announces more speaks another protocol. */
export const longestMessage = 100_000;

/** Reads a socket by counts of bytes, and hands over what is left to a relay. */
export class SocketReader {
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

  /** Stops reading. @returns what came already. */
  release(): Buffer {
    this.socket.off("data", this.take);
    this.socket.off("close", this.end);
    return this.buffer;
  }
}
