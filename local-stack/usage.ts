import type { LocalDatabase } from "./resolve-configuration.ts";
import type { StackInfo } from "./stack-files.ts";

/** How to use a running stack, as lines that a shell may evaluate as they are. */
export function usage(info: StackInfo): string {
  const variables = {
    AWS_CONFIG_FILE: info.awsConfigFile,
    AWS_SHARED_CREDENTIALS_FILE: info.awsCredentialsFile,
    AWS_PROFILE: "requester",
    DBLEASE_API: info.apiUrl,
    PGSSLROOTCERT: info.caFile,
  };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`);
  const reachable = info.databases.map((database) => `#   ${database.id}: ${clientCommand(database)}`);
  return [
    `export ${assignments.join(" ")}`,
    "# The line above makes this shell the requester of the local stack. Then, for example:",
    "#   npx dblease databases",
    '#   npx dblease request orders --role read-only --for 10m --reason "look at order 42"',
    "#   AWS_PROFILE=approver npx dblease grants --to-approve     (profiles: requester, approver, auditor, admin)",
    "# Databases:",
    ...reachable,
    "",
  ].join("\n");
}

function clientCommand({ engine, host, port, database, caFile }: LocalDatabase): string {
  if (engine === "postgres") {
    return `psql "host=${host} port=${port} dbname=${database} user=... sslmode=verify-full sslrootcert=${caFile}"`;
  }
  const verified = engine === "mysql" ? "--ssl-mode=VERIFY_IDENTITY" : "--ssl-verify-server-cert";
  return `${engine} --host=${host} --port=${port} --user=... --password ${verified} --ssl-ca=${quoted(caFile)} ${database}`;
}

function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
