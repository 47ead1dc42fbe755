import type { MysqlConnection } from "../../connect/mysql.ts";
import { check } from "../check.ts";
import type { Check } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { accountName } from "./quote.ts";
import { message } from "./use.ts";

/** What of the server itself weakens a grant or its end. */
export async function serverChecks(dialect: Dialect, connection: MysqlConnection): Promise<Check[]> {
  const [[scheduler] = [], anonymous = []] = await message(connection, [
    "SELECT @@GLOBAL.event_scheduler AS state",
    `SELECT user, host FROM ${dialect.accounts} a WHERE user = ''`,
  ]);
  const nobody = anonymous.map((row) => accountName(row.user, row.host)).join(", ");
  return [
    versionCheck(dialect, connection.serverVersion),
    check(
      "event_scheduler",
      scheduler?.state === "ON",
      scheduler?.state === "ON"
        ? "the server locks accounts at their expiry by itself"
        : "the event scheduler is off: when dblease is down, nothing else ends an access",
      "set event_scheduler to ON in the parameter group",
    ),
    check(
      "anonymous",
      anonymous.length === 0,
      nobody === "" ? "there are no anonymous accounts" : `anonymous accounts shadow others: ${nobody}`,
      `DROP USER ${nobody}`,
    ),
  ];
}

function versionCheck({ engine, oldest }: Dialect, serverVersion: string): Check {
  const name = { mysql: "MySQL", mariadb: "MariaDB" };
  const is = /mariadb/i.test(serverVersion) ? "mariadb" : "mysql";
  const [major = 0, minor = 0] = serverVersion.split(".").map(Number);
  const isNew = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
  return check(
    "version",
    is === engine && isNew,
    `${name[is]} ${major}.${minor}; ${name[engine]} from ${oldest.join(".")} on is known to work`,
    is === engine ? "upgrade the server" : `write engine: ${is} in dblease.yaml`,
  );
}
