import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Certificates } from "../../local-stack/certificates.ts";

/** Capabilities that every server has (MySQL source, include/mysql_com.h): protocol 4.1, long passwords, plugins, TLS. */
const capabilities = 0x00000001 | 0x00000200 | 0x00002000 | 0x00008000 | 0x00080000;
const tlsCapability = 0x00000800;
const sslRequestLength = 36;

/**
 * A server under somebody else's control: greets, speaks TLS with the given certificates, and then wants the password
 * by the plugin `wants`. Keeps all that it hears, inside TLS and outside.
 */
export async function playMysql(
  certificates: Certificates,
  wants: string | "silence" | "hang up" | "no tls",
) {
  const heard: Buffer[] = [];
  const sockets: Socket[] = [];
  const remember = (socket: Socket) => void sockets.push(socket.on("error", () => {}));
  const inner = createTlsServer(
    { key: readFileSync(certificates.keyFile), cert: readFileSync(certificates.certificateFile) },
    (secure) => {
      remember(secure);
      secure.once("data", () => secure.write(switchTo(wants)));
      secure.on("data", (words) => heard.push(words));
    },
  ).listen(0, "127.0.0.1");
  const outer = createServer((socket) => {
    remember(socket);
    if (wants === "silence") return;
    if (wants === "hang up") {
      socket.destroy();
      return;
    }
    socket.write(greeting(wants));
    socket.once("data", (chunk) => {
      // SSLRequest; what came along with it is TLS already.
      heard.push(chunk.subarray(0, sslRequestLength));
      const relay = connect(portOf(inner), "127.0.0.1");
      remember(relay);
      relay.write(chunk.subarray(sslRequestLength));
      socket.pipe(relay).pipe(socket);
    });
  }).listen(0, "127.0.0.1");
  await Promise.all([once(inner, "listening"), once(outer, "listening")]);
  return {
    port: portOf(outer),
    heard: () => Buffer.concat(heard),
    close() {
      for (const socket of sockets) socket.destroy();
      inner.close();
      outer.close();
    },
  };
}

function portOf(server: Server): number {
  // An AddressInfo: it listens on TCP.
  return (server.address() as AddressInfo).port;
}

/** Authentication Method Switch Request, the third packet of the connection after the greeting. */
function switchTo(plugin: string): Buffer {
  return packet(3, Buffer.from(`\xfe${plugin}\0${"s".repeat(20)}\0`, "latin1"));
}

/** Initial Handshake Packet, protocol version 10. It announces the plugin that the server will want. */
function greeting(wants: string): Buffer {
  const flags = capabilities | (wants === "no tls" ? 0 : tlsCapability);
  const numbers = Buffer.alloc(4 + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10);
  numbers.writeUInt32LE(7, 0);
  numbers.write("12345678", 4);
  numbers.writeUInt16LE(flags & 0xffff, 13);
  numbers.writeUInt8(45, 15);
  numbers.writeUInt16LE(2, 16);
  numbers.writeUInt16LE(flags >>> 16, 18);
  numbers.writeUInt8(21, 20);
  const plugin = wants === "no tls" ? "mysql_native_password" : wants;
  const rest = Buffer.from(`${"123456789012"}\0${plugin}\0`, "latin1");
  return packet(0, Buffer.concat([Buffer.from("\x0a8.0.99\0", "latin1"), numbers, rest]));
}

function packet(sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  header.writeUInt8(sequence, 3);
  return Buffer.concat([header, payload]);
}
