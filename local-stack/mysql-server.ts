import { existsSync } from "node:fs";
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

const root = inCheckout(".local/mysql");
const program = join(root, "bin/mysqld");
const libraries = join(root, "usr/lib/x86_64-linux-gnu");

/** Why no MySQL can be started here; undefined: one can. */
export const mysqlMissing = existsSync(program) ? undefined : "no MySQL in .local/mysql";

/** Major and minor version. */
export function mysqlVersion(): string {
  return serverVersion(program, libraries);
}

/** Why MySQL takes no IAM logins here; undefined: it does. */
export function mysqlIamMissing(): string | undefined {
  return mysqlMissing ?? iamPluginMissing(mysqlVersion(), ["8.0"]);
}

/** A new, empty Oracle MySQL 8.0.15. It is a build of 2019: for tests and a demo on loopback, and nothing else. */
export function startMysqlServer(options: MysqlFamilyOptions): Promise<MysqlFamilyServer> {
  return startMysqlFamilyServer(
    {
      name: "MySQL",
      program,
      libraries,
      // The X protocol would listen on a port of its own.
      words: [`--basedir=${root}`, `--lc-messages-dir=${join(root, "share")}`, "--mysqlx=OFF"],
      iam: { missing: mysqlIamMissing, words: [] },
      initialise: { words: ["--initialize-insecure"] },
      master: { privileges: [...masterPrivileges, ...since8], afterwards: [...superuserRole] },
    },
    options,
  );
}

const since8 = [
  ...["CREATE ROLE", "DROP ROLE", "APPLICATION_PASSWORD_ADMIN", "ROLE_ADMIN", "SET_USER_ID"],
  "XA_RECOVER_ADMIN",
];

/** RDS's role of that name, which its master holds ("Role-based privilege model for RDS for MySQL"). */
const superuserRole = [
  "CREATE ROLE rds_superuser_role",
  `GRANT ${[...masterPrivileges, ...since8].join(", ")} ON *.* TO rds_superuser_role WITH GRANT OPTION`,
  "GRANT rds_superuser_role TO <master> WITH ADMIN OPTION",
  "SET DEFAULT ROLE ALL TO <master>",
];
