import { randomBytes } from "node:crypto";
import { copyFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { signToken } from "../src/iam/sign-token.ts";
import type { AwsAccess } from "./aws-access.ts";
import { bootstrap, type CdkRun, deploy, destroy, synthesize } from "./cdk.ts";
import { exportLog } from "./export-log.ts";
import { furtherDatabases } from "./further-databases.ts";
import { type FurtherEngine, type FurtherServers, furtherId, furtherServers } from "./further-servers.ts";
import type { Judge } from "./judge-socket.ts";
import { attachPolicies, createDeployer, createPeople } from "./people.ts";
import { type PostgresServer, startPostgresServer } from "./postgres-server.ts";
import { type Instance, registerInstance } from "./register-instance.ts";
import { type RdsProxy, registerProxy } from "./register-proxy.ts";
import { resolveConfiguration } from "./resolve-configuration.ts";
import { scheduleRotations } from "./schedule-rotations.ts";
import { seed } from "./seed.ts";
import { seedMysqlFamily, shopSchema } from "./seed-mysql-family.ts";
import { removeStackInfo, type StackInfo, writeProfiles, writeStackInfo } from "./stack-files.ts";
import { claimFolder, releaseFolder } from "./stack-lock.ts";
import { type Emulator, startEmulator } from "./start-emulator.ts";

export interface Stack {
  readonly info: StackInfo;
  postgres: PostgresServer;
  further: FurtherServers;
  emulator: Emulator;
  /** Deploys again, after the configuration has changed. */
  apply(): Promise<void>;
  /** Takes the app away again, as far as it lets itself be taken. */
  destroy(): Promise<void>;
  stop(): Promise<void>;
}

export interface StackOptions {
  /** Takes everything that the stack writes; one stack at a time. */
  folder: string;
  configFile: string;
  /** All databases take IAM logins; on PostgreSQL the master is such a user, too. */
  iam?: boolean;
  /** Servers beside PostgreSQL, each a database with the same data, roles and rules as `orders`. */
  with?: readonly FurtherEngine[];
  /** Servers that somebody else runs, as instances of RDS; the configuration names them. */
  instances?: readonly (Instance & { host: string })[];
  /** RDS proxies as RDS describes them; who started the stack lets them listen. */
  proxies?: readonly RdsProxy[];
  /** Where `env:NAME` is looked up, besides the logins that the stack itself provides. */
  env?: NodeJS.ProcessEnv;
  onProgress?: (words: string) => void;
}

type Servers = Pick<Stack, "postgres" | "further" | "emulator">;

/** The whole of dblease on this machine: a database, an AWS account, the deployed app. It ends with this process. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const folder = resolve(options.folder);
  const progress = options.onProgress ?? (() => {});
  claimFolder(folder);
  removeStackInfo(folder);
  try {
    const titles = ["PostgreSQL", ...(options.with ?? []).map((engine) => furtherServers[engine].title)];
    progress(`starting ${titles.join(", ")} and the AWS emulator`);
    const servers = await startServers(folder, options);
    try {
      return await deployInto(servers, folder, options, progress);
    } catch (error) {
      await stopServers(servers);
      throw error;
    }
  } catch (error) {
    releaseFolder(folder);
    throw error;
  }
}

async function deployInto(
  servers: Servers,
  folder: string,
  options: StackOptions,
  progress: (words: string) => void,
): Promise<Stack> {
  const { postgres, further, emulator } = servers;
  const deployer = await createDeployer(emulator.root);
  const resolvedFile = join(folder, "dblease.yaml");
  const caFile = join(folder, "ca.pem");
  const run: CdkRun = { access: deployer, folder: join(folder, "cdk"), configFile: resolvedFile };
  // RDS would do it with the logs that the instance exports.
  const logExport = exportLog(emulator.root, {
    file: postgres.logFile,
    group: "/aws/rds/instance/orders/postgresql",
    stream: "orders",
  });
  const applicationPassword = randomBytes(24).toString("base64url");
  const iam = options.iam ?? false;
  const beside = furtherDatabases(further, iam);
  const provided = { ...providedSecrets(postgres, applicationPassword), ...beside.secrets };
  const instances = [
    { ...postgres, id: "orders", engine: "postgres", version: "18.4", database: "orders" },
    ...[...further].map(([engine, server]) => ({
      ...{ ...server, id: furtherId(engine), engine },
      ...{ version: `${furtherServers[engine].version()}.1`, database: shopSchema },
    })),
    ...(options.instances ?? []),
  ];
  const resolveNow = () => {
    // Read again each time: a database that is added later brings its variable along.
    const env = { ...(options.env ?? process.env), ...provided };
    return resolveConfiguration({
      configFile: resolve(options.configFile),
      resolvedFile,
      access: deployer,
      env,
      instances: Object.fromEntries(instances.map(({ id, host, port }) => [id, { host, port }])),
      caFile,
      further: beside.databases,
    });
  };
  const prepared = async () => {
    for (const instance of instances) await registerInstance(deployer, { iam, ...instance });
    for (const proxy of options.proxies ?? []) await registerProxy(deployer, proxy);
    await logExport.ready;
    const [people, databases] = await Promise.all([
      createPeople(emulator.root),
      resolveNow(),
      seed(masterLogin(postgres, iam ? deployer : undefined), applicationPassword),
      ...[...further.values()].map(seedMysqlFamily),
    ]);
    await synthesize(run);
    return { people, databases };
  };
  progress("building the app, seeding the database orders");
  const [{ people, databases }] = await Promise.all([prepared(), bootstrap(run)]);
  progress("deploying the app");
  const deployAll = async () => {
    const outputs = await deploy(run);
    await scheduleRotations(deployer, resolvedFile, outputs);
    return outputs;
  };
  const outputs = await deployAll();
  await attachPolicies(deployer, outputs);
  const files = writeProfiles(folder, { ...people, deployer });
  const { endpoint, region } = deployer;
  const apiUrl = outputs.ApiUrl ?? "";
  let info = {
    endpoint,
    region,
    apiUrl,
    databases,
    caFile,
    ...files,
    pid: process.pid,
  };
  writeStackInfo(folder, info);
  return {
    get info() {
      return info;
    },
    ...servers,
    async apply() {
      info = { ...info, databases: await resolveNow() };
      await synthesize(run);
      await deployAll();
      writeStackInfo(folder, info);
    },
    destroy: () => destroy(run),
    async stop() {
      removeStackInfo(folder);
      logExport.stop();
      await stopServers(servers);
      releaseFolder(folder);
    },
  };
}

/** All, or none. */
async function startServers(folder: string, options: StackOptions): Promise<Servers> {
  const caFile = join(folder, "ca.pem");
  const starting = startEmulator({ folder: join(folder, "emulator"), caFile });
  /** What RDS asks about logins at this instance. */
  const takesIam = (instance: string) => {
    const judge: Judge = async (...question) => (await starting).judgeToken(instance, ...question);
    return options.iam ? { judge } : {};
  };
  const postgres = startPostgresServer({ folder: join(folder, "postgres"), ...takesIam("orders") });
  const further = (options.with ?? []).map(async (engine) => {
    const id = furtherId(engine);
    const server = await furtherServers[engine].start({ folder: join(folder, id), ...takesIam(id) });
    return [engine, server] as const;
  });
  const all = [postgres, starting, ...further.map(async (it) => (await it)[1])];
  const results = await Promise.allSettled(all);
  const failed = results.find((it) => it.status === "rejected");
  if (failed) {
    for (const it of results) if (it.status === "fulfilled") await it.value.stop();
    throw failed.reason;
  }
  const { caFile: from } = await postgres;
  copyFileSync(from, caFile);
  return {
    postgres: await postgres,
    further: new Map(await Promise.all(further)),
    emulator: await starting,
  };
}

async function stopServers({ postgres, further, emulator }: Servers): Promise<void> {
  await Promise.all([postgres, ...further.values(), emulator].map((server) => server.stop()));
}

/** @param signer signs the token of a master that has no password any more. */
function masterLogin(
  { host, port, adminUsername: username, adminPassword, ca }: PostgresServer,
  signer?: AwsAccess,
) {
  const password = signer
    ? () => signToken({ host, port, username }, signer.region, signer.credentials)
    : adminPassword;
  return { host, port, user: username, password, ssl: { ca } };
}

/** The logins of the database that the stack itself brings: its admin's, and its application's in the form of AWS's functions. */
function providedSecrets(postgres: PostgresServer, applicationPassword: string): NodeJS.ProcessEnv {
  const { host, port, adminUsername: username, adminPassword: password } = postgres;
  const application = {
    engine: "postgres",
    host,
    port,
    username: "orders_app",
    password: applicationPassword,
    dbname: "orders",
  };
  return {
    ORDERS_ADMIN: JSON.stringify({ username, password }),
    ORDERS_APP: JSON.stringify(application),
  };
}
