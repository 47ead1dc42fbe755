/** What the proxy is on this machine for each engine that has logins by IAM. */
import type { Engine } from "../../src/grant.ts";
import { relayMysql } from "./mysql-relay.ts";
import { relayPostgres } from "./postgres-relay.ts";
import type { Relay, RelayTarget } from "./relay.ts";

export interface LocalPort {
  /** Number of the port unless another one is wished for: one more than the server's own. */
  usual: number;
  relay: Relay;
  /** How programs are told to go there, without a password and without TLS. */
  addresses(port: number, target: RelayTarget): readonly string[];
}

const postgres: LocalPort = {
  usual: 5433,
  relay: relayPostgres,
  addresses: (port, { username, database }) => [
    `postgresql://${username}@127.0.0.1:${port}/${database}?sslmode=disable`,
    `jdbc:postgresql://127.0.0.1:${port}/${database}?user=${username}&sslmode=disable`,
  ],
};

/** The drivers of MySQL and MariaDB have different words for no TLS. */
function mysqlPort(jdbc: string): LocalPort {
  return {
    usual: 3307,
    relay: relayMysql,
    addresses: (port, { username, database }) => [
      `mysql://${username}@127.0.0.1:${port}/${database}?ssl-mode=DISABLED`,
      jdbc.replace("<place>", `127.0.0.1:${port}/${database}?user=${username}`),
    ],
  };
}

export const ports: Partial<Record<Engine, LocalPort>> = {
  postgres,
  mysql: mysqlPort("jdbc:mysql://<place>&sslMode=DISABLED"),
  mariadb: mysqlPort("jdbc:mariadb://<place>&sslMode=disable"),
};
