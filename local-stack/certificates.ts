import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "selfsigned";

const validFor = 30 * 24 * 60 * 60 * 1000;

export interface Certificates {
  /** What a client has to trust: the local stand-in for AWS's global bundle. */
  caFile: string;
  keyFile: string;
  certificateFile: string;
}

/**
 * A certificate authority of this stack alone, and a server certificate that it signed. The CA's key is not kept.
 * `keyType`: what the server can use; the OpenSSL inside MySQL 8.0.15 knows RSA only. `address`: where it listens.
 */
export async function makeCertificates(
  folder: string,
  keyType: "ec" | "rsa" = "ec",
  address = "127.0.0.1",
): Promise<Certificates> {
  const shared = {
    keyType,
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + validFor),
  } as const;
  const ca = await generate([{ name: "commonName", value: "dblease local stack CA" }], {
    ...shared,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: "commonName", value: "localhost" }], {
    ...shared,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: address },
        ],
      },
    ],
  });
  mkdirSync(folder, { recursive: true });
  const files = {
    caFile: join(folder, "ca.pem"),
    keyFile: join(folder, "server.key"),
    certificateFile: join(folder, "server.crt"),
  };
  writeFileSync(files.caFile, ca.cert);
  writeFileSync(files.certificateFile, server.cert);
  writeFileSync(files.keyFile, server.private, { mode: 0o600 });
  return files;
}
