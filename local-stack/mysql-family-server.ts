import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type ConnectionOptions, createConnection } from "mysql2/promise";
import { makeCertificates } from "./certificates.ts";
import type { DatabaseServer } from "./database-server.ts";
import { folderForSocket } from "./folder-for-socket.ts";
import { freePort } from "./free-port.ts";
import { loadIamPlugin } from "./iam-plugin.ts";
import { type Judge, openJudgeSocket } from "./judge-socket.ts";
import { randomPassword } from "./random-password.ts";
import { rdsMysqlMaster } from "./rds-mysql-master.ts";
import { startRestartableServer } from "./restartable-server.ts";

export type MysqlFamilyServer = DatabaseServer<ConnectionOptions>;

export interface MysqlFamilyOptions {
  folder: string;
  port?: number;
  /** Takes IAM logins as RDS does. */
  judge?: Judge;
}

/** What tells MySQL and MariaDB apart when one is brought up. */
export interface MysqlFamily {
  name: string;
  program: string;
  /** Folder of the libraries that come with the program. */
  libraries: string;
  /** Where messages and character sets are found, and what else only this one has. */
  words: readonly string[];
  /** Why it can have no IAM logins here; undefined: it can, with these options beside the plugin's own. */
  iam: { missing(): string | undefined; words: readonly string[] };
  /** Fills an empty data folder: options, and what is read from standard input. */
  initialise: { words: readonly string[]; input?: string };
  /** Privileges of the master user, and statements that make the rest of it. */
  master: { privileges: readonly string[]; afterwards: readonly string[] };
}

/**
 * As RDS sets it up, as far as it matters here: stored functions may be made although there is a binary log. A test
 * loses nothing when the machine stops, so nothing is flushed; sessions may be many, memory is small.
 */
const settings = [
  "--bind-address=127.0.0.1",
  "--skip-name-resolve",
  "--log-bin=binlog",
  "--server-id=1",
  "--log-bin-trust-function-creators=ON",
  "--max-connections=400",
  "--innodb-flush-method=nosync",
  "--innodb-flush-log-at-trx-commit=2",
  "--sync-binlog=0",
  "--innodb-log-file-size=8M",
  "--innodb-buffer-pool-size=32M",
];

/** A new, empty server of this family behind TLS on a loopback port, with RDS's master. It ends with this process. */
export async function startMysqlFamilyServer(
  family: MysqlFamily,
  options: MysqlFamilyOptions,
): Promise<MysqlFamilyServer> {
  const { judge } = options;
  const missing = judge && family.iam.missing();
  if (missing) throw new Error(`${family.name} takes no IAM logins here: ${missing}.`);
  const folder = resolve(options.folder);
  const data = join(folder, "data");
  const logFile = join(folder, "server.log");
  const environment = {
    env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8", TZ: "UTC", LD_LIBRARY_PATH: family.libraries },
    cwd: folder,
  };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  // Of its own: a server that starts removes temporary tables of every other one in the same place.
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  const tls = await makeCertificates(join(folder, "tls"), "rsa");
  const words = [
    ...[
      "--no-defaults",
      `--datadir=${data}`,
      `--tmpdir=${temporary}`,
      ...asRoot(),
      ...family.words,
      ...settings,
    ],
    ...[`--ssl-ca=${tls.caFile}`, `--ssl-cert=${tls.certificateFile}`, `--ssl-key=${tls.keyFile}`],
  ];
  execFileSync(family.program, [...words, ...family.initialise.words], {
    ...environment,
    input: family.initialise.input ?? "",
    stdio: ["pipe", "ignore", "pipe"],
  });

  const port = options.port ?? (await freePort());
  const socketFolder = folderForSocket(folder);
  const [socketPath, judgePath] = [join(socketFolder, "mysql.sock"), join(socketFolder, "judge.sock")];
  const judging = judge && (await openJudgeSocket(judgePath, judge));
  const [rdsadminPassword, adminPassword] = [randomPassword(), randomPassword()];
  const superuser = { socketPath, user: "rdsadmin", password: rdsadminPassword };
  // Read by the first start, before it listens: no login without a password, and none in an argument list.
  const initFile = join(folder, "first-statements.sql");
  const first = rdsMysqlMaster(family.master, { rdsadminPassword, username: "master", adminPassword });
  writeFileSync(initFile, first.map((statement) => `${statement};\n`).join(""), { mode: 0o600 });
  const running = await startRestartableServer(
    {
      ...environment,
      env: { ...environment.env, ...(judge ? { DBLEASE_IAM_JUDGE: judgePath } : {}) },
      command: [
        family.program,
        ...words,
        ...(judge ? [...loadIamPlugin, ...family.iam.words] : []),
        `--port=${port}`,
        `--socket=${socketPath}`,
        `--init-file=${initFile}`,
      ],
      stopSignal: "TERM",
    },
    { name: family.name, logFile, probe: () => logIn(superuser) },
  );
  // Later starts find nothing to do in it.
  writeFileSync(initFile, "");
  const { stop } = running;
  return Object.assign(running, {
    async stop() {
      judging?.close();
      await stop();
    },
    host: "localhost" as const,
    port,
    adminUsername: "master",
    adminPassword,
    caFile: tls.caFile,
    ca: readFileSync(tls.caFile, "utf8"),
    logFile,
    superuser,
  });
}

/** These servers run as root where they are told to. Another account could not work in a folder closed to it. */
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ["--user=root"] : [];
}

async function logIn(login: ConnectionOptions): Promise<void> {
  const connection = await createConnection(login);
  await connection.end();
}
