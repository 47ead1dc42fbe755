/** A server that is further away: holds up everything by a millisecond each way. In: a port on this machine. Out: its own. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

function holdUp(from: Socket, to: Socket): void {
  from.setNoDelay();
  from.on("data", (chunk) => setTimeout(() => to.write(chunk), 1));
  from.on("error", () => to.destroy()).on("close", () => setTimeout(() => to.destroy(), 2));
}

for await (const line of createInterface({ input: process.stdin })) {
  const server = createServer((near) => {
    const far = connect(Number(line), "127.0.0.1");
    holdUp(near, far);
    holdUp(far, near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
}
process.exit();
