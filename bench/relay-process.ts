/** The proxy's relay in a process of its own, as people run it. In: one line of JSON, the target. Out: its port. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import { relayPostgres } from "../cli/proxy/postgres-relay.ts";

for await (const line of createInterface({ input: process.stdin })) {
  const { token, ...target } = JSON.parse(line);
  const server = createServer(
    (client) => void relayPostgres(client, { ...target, token: async () => token }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
}
// It ends with whoever started it.
process.exit();
