import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** Authentication requests of the protocol (PostgreSQL manual, "Message Formats"). */
export const clearText = authentication(3);
export const md5 = authentication(5, Buffer.from("salt"));
export const nothing = Buffer.concat([authentication(0), Buffer.from("Z\0\0\0\u0005I", "latin1")]);

/** A server under somebody else's control: answers the startup message with `answer` and keeps all it hears. */
export async function playPostgres(answer: Buffer | "silence" | "no tls" | "hang up") {
  const heard: Buffer[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      heard.push(chunk);
      if (answer === "silence" || heard.length > 1) return;
      if (answer === "hang up") socket.destroy();
      else socket.write(answer === "no tls" ? "N" : answer);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  // An AddressInfo: it listens on TCP.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    heard: () => Buffer.concat(heard),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function authentication(kind: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  const message = Buffer.alloc(9);
  message.write("R");
  message.writeInt32BE(8 + rest.length, 1);
  message.writeInt32BE(kind, 5);
  return Buffer.concat([message, rest]);
}
