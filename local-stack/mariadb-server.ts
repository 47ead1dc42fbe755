import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { iamPluginMissing } from "./iam-plugin.ts";
import { inCheckout } from "./in-checkout.ts";
import {
  type MysqlFamilyOptions,
  type MysqlFamilyServer,
  startMysqlFamilyServer,
} from "./mysql-family-server.ts";
import { masterPrivileges } from "./rds-mysql-master.ts";
import { serverVersion } from "./server-version.ts";

/** Debian's package, unpacked under .local/ (set-up/unpack-mariadb.mjs, never installed by us) or there already. */
const findRoot = () =>
  [inCheckout(".local/mariadb"), "/"].find((folder) => existsSync(join(folder, "usr/sbin/mariadbd")));

/** Why no MariaDB can be started here; undefined: one can. */
export const mariadbMissing =
  findRoot() === undefined ? "no MariaDB in .local/mariadb or /usr/sbin" : undefined;

/** Looked for each time: it may have been fetched just now. */
function places() {
  const root = findRoot() ?? "/";
  return {
    program: join(root, "usr/sbin/mariadbd"),
    libraries: join(root, "usr/lib/x86_64-linux-gnu"),
    messages: join(root, "usr/share/mysql"),
  };
}

/** Major and minor version of what this machine has, such as `10.11`. */
export function mariadbVersion(): string {
  const { program, libraries } = places();
  return serverVersion(program, libraries);
}

/** Why MariaDB takes no IAM logins here; undefined: it does. */
export function mariadbIamMissing(): string | undefined {
  return mariadbMissing ?? iamPluginMissing(mariadbVersion(), ["10.11"]);
}

/** A new, empty MariaDB. */
export function startMariadbServer(options: MysqlFamilyOptions): Promise<MysqlFamilyServer> {
  const { program, libraries, messages } = places();
  return startMysqlFamilyServer(
    {
      name: "MariaDB",
      program,
      libraries,
      words: [
        `--lc-messages-dir=${messages}`,
        `--character-sets-dir=${join(messages, "charsets")}`,
        "--feedback=OFF",
      ],
      iam: { missing: mariadbIamMissing, words: ["--plugin-maturity=experimental"] },
      initialise: {
        words: [
          ...["--bootstrap", "--log-warnings=0", "--enforce-storage-engine="],
          ...["--max-allowed-packet=8M", "--net-buffer-length=16K", "--skip-log-bin"],
        ],
        input: systemTables(messages),
      },
      master: { privileges: masterPrivileges, afterwards: [] },
    },
    options,
  );
}

/** What mariadb-install-db feeds to the server, without the accounts of other hosts than localhost. */
function systemTables(messages: string): string {
  const names = [
    "mysql_system_tables",
    "mysql_performance_tables",
    "mysql_system_tables_data",
    "maria_add_gis_sp_bootstrap",
    "mysql_sys_schema",
  ];
  const sql = names.map((name) => readFileSync(join(messages, `${name}.sql`), "utf8")).join("\n");
  const elsewhere = /@current_hostname|'127\.0\.0\.1'|'::1'/;
  const lines = sql.split("\n").filter((line) => !elsewhere.test(line));
  return ["CREATE DATABASE mysql;", "USE mysql;", "SET @auth_root_socket = NULL;", ...lines].join("\n");
}
