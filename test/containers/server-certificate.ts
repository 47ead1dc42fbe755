/** A certificate for SQL Server on Linux, and the configuration that has it used ("Encrypt connections to SQL Server on Linux"). */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificates } from "../../local-stack/certificates.ts";

export async function serverCertificate() {
  const folder = mkdtempSync(join(tmpdir(), "dblease-certificate-"));
  const { caFile, keyFile, certificateFile } = await makeCertificates(folder, "rsa");
  const home = "/var/opt/mssql";
  const settings = `[network]\ntlscert = ${home}/server.pem\ntlskey = ${home}/server.key\ntlsprotocols = 1.2\nforceencryption = 1\n`;
  return {
    ca: readFileSync(caFile, "utf8"),
    files: [
      { source: certificateFile, target: `${home}/server.pem`, mode: 0o644 },
      { source: keyFile, target: `${home}/server.key`, mode: 0o644 },
    ],
    settings: { content: settings, target: `${home}/mssql.conf` },
  };
}
