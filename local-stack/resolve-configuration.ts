import { readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { isMap, parseDocument, type YAMLMap } from "yaml";
import { findProxyId } from "../src/workflow/resolve-proxy.ts";
import type { AwsAccess } from "./aws-access.ts";
import { standBeside } from "./stand-beside.ts";

/** A database as the stack knows it: where it is and who administers it. */
export interface LocalDatabase {
  id: string;
  engine: string;
  host: string;
  port: number;
  database: string;
  /** The authority that signed its certificate. */
  caFile: string;
  adminUsername: string;
  adminPassword: string;
}

interface Options {
  configFile: string;
  resolvedFile: string;
  access: AwsAccess;
  /** Where `env:NAME` is looked up. */
  env: NodeJS.ProcessEnv;
  /** Host and port of the RDS instances that the stack itself provides. */
  instances: Record<string, { host: string; port: number }>;
  /** The authority of these. */
  caFile: string;
  /** Databases that stand beside `orders` without being in the file. */
  further: Record<string, object>;
}

/**
 * Writes the configuration as it would stand in an account: `adminSecret: env:NAME` becomes the ARN of a secret that
 * holds the variable's value, files are named by their full path, and resource ids are those of the local instances. Everything else is left to the product's checks.
 */
export async function resolveConfiguration(options: Options): Promise<LocalDatabase[]> {
  const document = parseDocument(readFileSync(options.configFile, "utf8"));
  standBeside(document, "orders", options.further);
  const secrets = new SecretsManagerClient(options.access);
  const known: LocalDatabase[] = [];
  const databases = document.get("databases");
  for (const pair of isMap(databases) ? databases.items : []) {
    if (!isMap(pair.value)) continue;
    const id = String(pair.key);
    useFullPaths(pair.value, options.configFile);
    if (pair.value.has("resourceIds")) await useResourceId(pair.value, options.access);
    const login = await useSecretArn(pair.value, id, secrets, options.env);
    if (login) known.push(locate(pair.value, id, login, options));
  }
  const rotations = document.get("rotations");
  for (const pair of isMap(rotations) ? rotations.items : []) {
    if (isMap(pair.value)) await useApplicationSecret(pair.value, String(pair.key), secrets, options.env);
  }
  writeFileSync(options.resolvedFile, document.toString());
  return known;
}

function useFullPaths(database: YAMLMap, configFile: string): void {
  const ca = database.getIn(["tls", "ca"]);
  if (typeof ca === "string") database.setIn(["tls", "ca"], resolve(dirname(configFile), ca));
}

/** A new instance has a new resource id, which the file cannot know; so has a proxy. */
async function useResourceId(database: YAMLMap, access: AwsAccess): Promise<void> {
  const rds = new RDSClient(access);
  const found = await rds.send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: String(database.get("instance")) }),
  );
  const resourceIds = [found.DBInstances?.[0]?.DbiResourceId];
  if (database.has("proxy")) resourceIds.push(await findProxyId(rds, String(database.get("proxy"))));
  database.set("resourceIds", resourceIds.map(String));
}

interface Login {
  username: string;
  password: string;
}

async function useSecretArn(
  database: YAMLMap,
  id: string,
  secrets: SecretsManagerClient,
  env: NodeJS.ProcessEnv,
): Promise<Login | undefined> {
  const found = loginFrom(database.get("adminSecret"), `The database ${id} has adminSecret`, env);
  if (!found) return undefined;
  database.set("adminSecret", await storeSecret(secrets, `dblease/${id}/admin`, found.value));
  return found.login;
}

/** Made once: after that it is the rotation's, and the variable holds an old password. */
async function useApplicationSecret(
  rotation: YAMLMap,
  id: string,
  secrets: SecretsManagerClient,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const found = loginFrom(rotation.get("secret"), `The rotation ${id} has secret`, env);
  if (!found) return;
  const name = `dblease/${id}/application`;
  const arn = (await arnOf(secrets, name)) ?? (await createSecret(secrets, name, found.value));
  rotation.set("secret", arn);
}

/** What `env:NAME` stands for; undefined: it is no such word. */
function loginFrom(
  word: unknown,
  whose: string,
  env: NodeJS.ProcessEnv,
): { value: string; login: Login } | undefined {
  const name = /^env:(.+)$/.exec(String(word))?.[1];
  if (name === undefined) return undefined;
  const value = env[name];
  const login = value === undefined ? undefined : parseLogin(value);
  if (value && login) return { value, login };
  throw new Error(
    `${whose} env:${name}, but ${name} ${value ? "is not" : "does not hold"} JSON with username and password. ` +
      `Next: export ${name}='{"username":"...","password":"..."}', then start the stack again.`,
  );
}

function parseLogin(text: string): Login | undefined {
  try {
    const { username, password } = JSON.parse(text) as Partial<Login>;
    return typeof username === "string" && typeof password === "string" ? { username, password } : undefined;
  } catch {
    return undefined;
  }
}

/** The same secret each time the configuration is applied, so that its ARN stays what was deployed. */
async function storeSecret(secrets: SecretsManagerClient, name: string, value: string): Promise<string> {
  const arn = await arnOf(secrets, name);
  if (arn === undefined) return createSecret(secrets, name, value);
  await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: value }));
  return arn;
}

async function arnOf(secrets: SecretsManagerClient, name: string): Promise<string | undefined> {
  try {
    return (await secrets.send(new DescribeSecretCommand({ SecretId: name }))).ARN;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function createSecret(secrets: SecretsManagerClient, name: string, value: string): Promise<string> {
  const { ARN } = await secrets.send(new CreateSecretCommand({ Name: name, SecretString: value }));
  return String(ARN);
}

function locate(database: YAMLMap, id: string, login: Login, options: Options): LocalDatabase {
  const instance = database.get("instance") ?? database.get("cluster");
  const own = instance === undefined ? undefined : options.instances[String(instance)];
  if (instance !== undefined && !own) {
    throw new Error(
      `The database ${id} names the RDS instance ${instance}, which the local stack does not have. Next: give host and port in its place.`,
    );
  }
  return {
    id,
    engine: String(database.get("engine")),
    host: own?.host ?? String(database.get("host")),
    port: own?.port ?? Number(database.get("port")),
    database: String(database.get("database")),
    caFile: String(database.getIn(["tls", "ca"]) ?? options.caFile),
    adminUsername: login.username,
    adminPassword: login.password,
  };
}
