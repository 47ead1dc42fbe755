import { escape as literal } from "mysql2";

/** As RDS writes it down ("Master user account privileges"); MariaDB and MySQL have these in common. */
export const masterPrivileges = [
  ...["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "RELOAD", "PROCESS", "REFERENCES", "INDEX"],
  ...["ALTER", "SHOW DATABASES", "CREATE TEMPORARY TABLES", "LOCK TABLES", "EXECUTE", "REPLICATION SLAVE"],
  ...["REPLICATION CLIENT", "CREATE VIEW", "SHOW VIEW", "CREATE ROUTINE", "ALTER ROUTINE", "CREATE USER"],
  ...["EVENT", "TRIGGER"],
];

/**
 * RDS's own procedure, because its master may not KILL: whose session it is stands in 16 characters ("Known issues
 * and limitations for RDS for MySQL", stored procedure limitations), and RDS's own sessions are let alone.
 */
export const rdsKill = [
  "CREATE DEFINER = rdsadmin@localhost PROCEDURE mysql.rds_kill(IN thread BIGINT) SQL SECURITY DEFINER",
  "BEGIN DECLARE l_user VARCHAR(16); DECLARE l_host VARCHAR(64);",
  "SELECT user, host INTO l_user, l_host FROM information_schema.processlist WHERE id = thread;",
  "IF l_user = 'rdsadmin' AND l_host LIKE 'localhost%'",
  "THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'CANNOT KILL RDSADMIN SESSION';",
  "ELSE KILL thread; END IF; END",
].join(" ");

/**
 * The statements that turn a new server into one as RDS hands it over: a superuser rdsadmin that only the Unix
 * socket lets in, and a master without SUPER and CONNECTION_ADMIN. A superuser as admin would hide every missing
 * privilege from the tests.
 */
export function rdsMysqlMaster(
  master: { privileges: readonly string[]; afterwards: readonly string[] },
  login: { rdsadminPassword: string; username: string; adminPassword: string },
): string[] {
  const user = `${literal(login.username)}@'%'`;
  return [
    "RENAME USER root@localhost TO rdsadmin@localhost",
    `ALTER USER rdsadmin@localhost IDENTIFIED BY ${literal(login.rdsadminPassword)}`,
    rdsKill,
    `CREATE USER ${user} IDENTIFIED BY ${literal(login.adminPassword)}`,
    `GRANT ${master.privileges.join(", ")} ON *.* TO ${user} WITH GRANT OPTION`,
    ...master.afterwards.map((statement) => statement.replace("<master>", user)),
  ];
}
