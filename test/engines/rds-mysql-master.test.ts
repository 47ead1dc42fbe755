/** Tests of MySQL and MariaDB are worth as much as their master is like RDS's: this is what it can and cannot do. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mariadbMissing, startMariadbServer } from "../../local-stack/mariadb-server.ts";
import type { MysqlFamilyServer } from "../../local-stack/mysql-family-server.ts";
import { mysqlMissing, startMysqlServer } from "../../local-stack/mysql-server.ts";

const servers = [
  { engine: "mariadb", missing: mariadbMissing, start: startMariadbServer },
  { engine: "mysql 8.0.15", missing: mysqlMissing, start: startMysqlServer },
];

for (const { engine, missing, start } of servers) {
  if (missing !== undefined) {
    test.skip(`${engine}: not proven here (${missing})`, () => {});
    continue;
  }
  describe(engine, () => {
    const folder = mkdtempSync(join(tmpdir(), "dblease-master-"));
    let server: MysqlFamilyServer;
    beforeAll(async () => {
      server = await start({ folder: join(folder, "server") });
    });
    afterAll(async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const master = (): ConnectionOptions => ({
      host: server.host,
      port: server.port,
      user: server.adminUsername,
      password: server.adminPassword,
      ssl: { ca: server.ca },
    });
    const open = (login: ConnectionOptions) => createConnection(login);
    /** The error's number; 0: it was allowed. */
    const refusedWith = async (login: ConnectionOptions, sql: string): Promise<number> => {
      const connection = await open(login);
      try {
        await connection.query(sql);
        return 0;
      } catch (error) {
        return (error as { errno: number }).errno;
      } finally {
        await connection.end();
      }
    };

    test(`${engine}: the master is no superuser`, async () => {
      expect(await refusedWith(master(), "SET GLOBAL event_scheduler = ON")).toBe(1227);
      expect(await refusedWith(master(), "GRANT SUPER ON *.* TO master@'%'")).toBe(1045);
      expect(await refusedWith(master(), "CREATE USER somebody IDENTIFIED BY 'Secret-1'")).toBe(0);
    });

    test(`${engine}: the master may not kill, and RDS's own procedure does it for all but RDS's sessions`, async () => {
      const victim = await open({ ...master(), user: "somebody", password: "Secret-1" });
      const ended = new Promise((resolve) => victim.once("error", resolve));
      const rdsadmin = await open(server.superuser);
      const id = victim.threadId;
      expect(await refusedWith(master(), `KILL ${id}`)).toBe(1095);
      expect(await refusedWith(master(), `CALL mysql.rds_kill(${rdsadmin.threadId})`)).toBe(1644);
      expect(await refusedWith(master(), `CALL mysql.rds_kill(${id})`)).toBe(0);
      await ended;
      expect(await refusedWith(master(), "CALL mysql.rds_kill(4711)")).toBe(1094);
      await rdsadmin.end();
    });

    test(`${engine}: rdsadmin comes in by the socket only, nobody without a password, everything on loopback`, async () => {
      const overTcp = { ...master(), user: "rdsadmin", password: server.superuser.password ?? "" };
      await expect(open(overTcp)).rejects.toMatchObject({ errno: 1045 });
      for (const user of ["", "root", "mysql.sys", "mariadb.sys"]) {
        await expect(open({ ...master(), user, password: "" })).rejects.toMatchObject({ errno: 1045 });
      }
      const connection = await open(master());
      const [rows] = await connection.query("SELECT @@bind_address AS address, @@have_ssl AS tls");
      expect(rows).toEqual([{ address: "127.0.0.1", tls: "YES" }]);
      await connection.end();
    });

    test(`${engine}: stopped and started, it has its users and its port`, async () => {
      await server.stop();
      await expect(open(master())).rejects.toMatchObject({ code: "ECONNREFUSED" });
      await server.start();
      await (await open({ ...master(), user: "somebody", password: "Secret-1" })).end();
    });
  });
}
