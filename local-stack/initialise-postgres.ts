import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCertificates } from "./certificates.ts";
import { giveTo, postgresAccount, runAs } from "./postgres-account.ts";
import { postgresBinaries } from "./postgres-binaries.ts";

// The prefix is RDS's own, so that whatever reads database logs here reads them there.
const settings = `
ssl = on
ssl_min_protocol_version = 'TLSv1.2'
reserved_connections = 3
password_encryption = 'scram-sha-256'
log_connections = on
log_disconnections = on
log_statement = 'ddl'
log_line_prefix = '%t:%r:%u@%d:[%p]:'
log_timezone = 'UTC'
fsync = off
`;

/** Who listens where, and how they let somebody in. */
const ways = {
  /** No way in over TCP without TLS, as with rds.force_ssl. */
  password: {
    addresses: "127.0.0.1",
    logins: "local all all scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n",
  },
  /** The front door (iam-front-door.ts) has looked at the tokens of members of rds_iam; nobody else reaches the socket. */
  iam: { addresses: "", logins: "local all +rds_iam trust\nlocal all all scram-sha-256\n" },
};

export interface InitialisedPostgres {
  caFile: string;
  /** What the server shows to prove who it is. */
  tls: { key: string; certificate: string };
  /** The command, and as whom and with what environment it must be started. */
  server: { command: string[]; env: NodeJS.ProcessEnv; cwd: string; uid?: number; gid?: number };
}

/** An empty data folder of PostgreSQL with TLS and RDS's bootstrap superuser, in place of whatever was there. */
export async function initialisePostgres(
  folder: string,
  rdsadminPassword: string,
  way: keyof typeof ways = "password",
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
  const { addresses, logins } = ways[way];
  const conf = `${settings}listen_addresses = '${addresses}'\n`;
  writeFileSync(join(data, "postgresql.conf"), conf, { flag: "a" });
  writeFileSync(join(data, "pg_hba.conf"), logins);
  return {
    caFile: certificates.caFile,
    tls: {
      key: readFileSync(join(data, "server.key"), "utf8"),
      certificate: readFileSync(join(data, "server.crt"), "utf8"),
    },
    server: { command: [...prefix, binaries.postgres, "-D", data], ...environment },
  };
}
