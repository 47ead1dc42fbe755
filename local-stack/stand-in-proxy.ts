/**
 * A stand-in for an RDS Proxy before a PostgreSQL server of ours. It plays the login with IAM end to end and nothing else:
 * a real proxy also pools, so that sessions outlive clients and clients outlive sessions.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeCertificates } from "./certificates.ts";
import { openFrontDoor } from "./iam-front-door.ts";
import type { Judge } from "./judge-socket.ts";
import type { PostgresServer } from "./postgres-server.ts";

/** The one port on which a proxy speaks PostgreSQL; so each needs an address of its own. */
const port = 5432;

/** A loopback address that nobody else is likely to take. macOS has 127.0.0.1 alone, and no stand-in. */
export function ownAddress(): string {
  return `127.${[...randomBytes(3)].map((it) => 1 + (it % 254)).join(".")}`;
}

/** @returns the authority that its clients trust, which is not the server's. It ends with this process. */
export async function openStandInProxy(
  folder: string,
  host: string,
  server: PostgresServer,
  judge: Judge,
): Promise<{ port: number; ca: string; caFile: string; close: () => void }> {
  const { caFile, keyFile, certificateFile } = await makeCertificates(folder, "ec", host);
  const door = await openFrontDoor({
    host,
    port,
    socketPath: join(`${server.superuser.host}`, `.s.PGSQL.${server.port}`),
    key: readFileSync(keyFile, "utf8"),
    certificate: readFileSync(certificateFile, "utf8"),
    // In this mode it takes no passwords.
    isIamUser: async () => true,
    judge,
  });
  return { port, ca: readFileSync(caFile, "utf8"), caFile, close: () => door.close() };
}
