/** What the relays of all engines have in common: where to, TLS on the way, and the passing on. */
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";

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

/** Serves one client of the proxy until either side ends; it hears in its own protocol why it is not let in. */
export type Relay = (client: Socket, target: RelayTarget) => Promise<void>;

/** TLS with the server, whose name and authority are checked, as with libpq's sslmode=verify-full. */
export function secure(plain: Socket, { host, ca }: RelayTarget): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({ socket: plain, servername: host, ...(ca ? { ca } : {}) });
    secured.once("secureConnect", () => resolve(secured));
    secured.once("error", reject);
  });
}

/** From here on everything goes through as it is. */
export function pipe(client: Socket, server: Socket): void {
  const end = () => {
    client.destroy();
    server.destroy();
  };
  for (const socket of [client, server]) {
    socket.on("error", end).on("close", end);
    // What comes is whole; to wait for more would hold up a client that sends one statement in several messages.
    socket.setNoDelay();
  }
  client.pipe(server);
  server.pipe(client);
}
