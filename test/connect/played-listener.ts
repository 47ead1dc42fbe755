/**
 * What listens where an Oracle listener is expected: TLS for real, and behind it only the first packet of Oracle's
 * protocol, by which a listener refuses. There is no server of that protocol to be had, so no login is played.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer as createPlainServer, type Socket } from "node:net";
import { createServer } from "node:tls";
import type { Certificates } from "../../local-stack/certificates.ts";

export interface PlayedListener {
  port: number;
  /** All that clients said, after TLS was taken off. */
  heard(): string;
  stop(): Promise<void>;
}

type Answer = (socket: Socket) => void;

export const silent: Answer = () => {};
export const hangUp: Answer = (socket) => socket.destroy();
export const garbage: Answer = (socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n");

/** A REFUSE packet with this number: header, two bytes of reasons, length, text. */
export function refuse(number: number): Answer {
  return (socket) => {
    const text = Buffer.from(
      `(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=${number})(ERROR_STACK=(ERROR=(CODE=${number})(EMFI=4))))`,
    );
    const packet = Buffer.alloc(12);
    packet.writeUInt16BE(12 + text.length, 0);
    packet.writeUInt8(4, 4);
    packet.writeUInt16BE(text.length, 10);
    socket.once("data", () => socket.write(Buffer.concat([packet, text])));
  };
}

/** @param certificates absent: no TLS. */
export async function playListener(
  answer: Answer,
  { certificates, host = "127.0.0.1" }: { certificates?: Certificates; host?: string } = {},
): Promise<PlayedListener> {
  const parts: Buffer[] = [];
  const sockets = new Set<Socket>();
  const meet = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("data", (part: Buffer) => parts.push(part));
    answer(socket);
  };
  const server = certificates
    ? createServer(
        { cert: readFileSync(certificates.certificateFile), key: readFileSync(certificates.keyFile) },
        meet,
      )
    : createPlainServer(meet);
  server.on("tlsClientError", () => {}).listen(0, host);
  await once(server, "listening");
  return {
    // An AddressInfo: it listens on TCP.
    port: (server.address() as AddressInfo).port,
    heard: () => Buffer.concat(parts).toString("latin1"),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
