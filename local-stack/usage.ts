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
  const reachable = info.databases.map(
    ({ id, host, port, database }) =>
      `#   ${id}: psql "host=${host} port=${port} dbname=${database} user=... sslmode=verify-full sslrootcert=${info.caFile}"`,
  );
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

function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
