import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCertificates } from "./certificates.ts";
import { giveTo, postgresAccount, runAs } from "./postgres-account.ts";
import { postgresBinaries } from "./postgres-binaries.ts";

// The prefix is RDS's own, so that whatever reads database logs here reads them there.
const settings = `
listen_addresses = '127.0.0.1'
ssl = on
ssl_min_protocol_version = 'TLSv1.2'
reserved_connections = 3
password_encryption = 'scram-sha-256'
log_connections = on
log_disconnections = on
log_line_prefix = '%t:%r:%u@%d:[%p]:'
log_timezone = 'UTC'
fsync = off
`;

// No way in over TCP without TLS, as with rds.force_ssl. The line that sends members of rds_iam to a token check
// comes with IAM logins; until then it would only lock the master out, who holds rds_iam.
const logins = `
local   all all              scram-sha-256
hostssl all all 127.0.0.1/32 scram-sha-256
`;

export interface InitialisedPostgres {
  caFile: string;
  /** The command, and as whom and with what environment it must be started. */
  server: { command: string[]; env: NodeJS.ProcessEnv; cwd: string; uid?: number; gid?: number };
}

/** An empty data folder of PostgreSQL with TLS and RDS's bootstrap superuser, in place of whatever was there. */
export async function initialisePostgres(
  folder: string,
  rdsadminPassword: string,
): Promise<InitialisedPostgres> {
  const data = join(folder, "data");
  const account = postgresAccount();
  const binaries = postgresBinaries();
  const { prefix, ...identity } = runAs(account, [binaries.postgres, data]);
  const environment = { env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" }, cwd: folder, ...identity };

  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  giveTo(account, folder);
  const passwordFile = join(folder, "rdsadmin-password");
  writeFileSync(passwordFile, rdsadminPassword, { mode: 0o600 });
  giveTo(account, passwordFile);
  const [program = "", ...words] = [...prefix, binaries.initdb];
  const options = [
    "--username=rdsadmin",
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
  ];
  const locale = ["--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync"];
  execFileSync(program, [...words, `--pgdata=${data}`, ...options, ...locale], {
    ...environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  rmSync(passwordFile);

  const certificates = await makeCertificates(join(folder, "tls"));
  for (const [from, name] of [
    [certificates.keyFile, "server.key"],
    [certificates.certificateFile, "server.crt"],
  ] as const) {
    renameSync(from, join(data, name));
    giveTo(account, join(data, name));
  }
  writeFileSync(join(data, "postgresql.conf"), settings, { flag: "a" });
  writeFileSync(join(data, "pg_hba.conf"), logins);
  return {
    caFile: certificates.caFile,
    server: { command: [...prefix, binaries.postgres, "-D", data], ...environment },
  };
}
