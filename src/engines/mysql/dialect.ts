/** Where MySQL and MariaDB differ. Everything else in this folder is the same for both. */
import { iamPlugin } from "./iam.ts";
import { literal } from "./quote.ts";

export interface Dialect {
  engine: "mysql" | "mariadb";
  /** The clause that stores a verifier as it is. */
  identifiedBy(verifier: string): string;
  /** Makes a role that the account has active after each login. */
  setDefaultRole(account: string, role: string): string;
  /** Takes this role away, where REVOKE ALL PRIVILEGES leaves it. */
  revokeRole(role: string, account: string): readonly string[];
  /**
   * Subquery of accounts that are no roles: user, host, queries, updates, number, locked, iam (logs in by tokens),
   * changed (the password; seconds since 1970).
   */
  accounts: string;
  /** Subquery of memberships: role, user, host. */
  memberships: string;
  /** Subquery of roles that are active after a login: role, its host (MySQL's roles have one), user, host. */
  defaultRoles: string;
  /** Accounts of these names; bare: nobody can log in with it; powerful: it holds privileges on everything. */
  rolesAmong(list: string): string;
  /** Lists prepared XA transactions. */
  xaRecover: string;
  /** Privileges beside the common ones that the admin needs. */
  adminPrivileges: readonly string[];
  /** Finds the roles of these names that the admin may not give to others; none where one privilege covers all. */
  closedRoles(list: string): readonly string[];
  /** The privilege to end other people's sessions without RDS's procedure. */
  killPrivilege: string;
  /** Oldest version that is known to work, as [major, minor]. */
  oldest: readonly [number, number];
  /** How a role stands in information_schema's column GRANTEE. */
  roleGrantee(role: string): string;
}

export const mysqlDialect: Dialect = {
  engine: "mysql",
  identifiedBy: (verifier) => `IDENTIFIED WITH caching_sha2_password AS ${literal(verifier)}`,
  setDefaultRole: (account, role) => `ALTER USER ${account} DEFAULT ROLE ${role}`,
  revokeRole: (role, account) => [`REVOKE ${role} FROM ${account}`],
  accounts: `(SELECT User AS user, Host AS host, max_questions AS queries, max_updates AS updates,
      max_connections AS number, account_locked = 'Y' AS locked, plugin = '${iamPlugin}' AS iam,
      UNIX_TIMESTAMP(password_last_changed) AS changed FROM mysql.user)`,
  memberships: "(SELECT FROM_USER AS role, TO_USER AS user, TO_HOST AS host FROM mysql.role_edges)",
  defaultRoles: `(SELECT DEFAULT_ROLE_USER AS role, DEFAULT_ROLE_HOST AS role_host, USER AS user, HOST AS host
      FROM mysql.default_roles)`,
  rolesAmong: (
    list,
  ) => `SELECT User AS name, Host = '%' AND account_locked = 'Y' AND authentication_string = '' AS bare,
      EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE <> 'USAGE'
        AND GRANTEE = CONCAT('''', User, '''@''', Host, '''')) AS powerful
    FROM mysql.user WHERE User IN (${list})`,
  xaRecover: "XA RECOVER CONVERT XID",
  adminPrivileges: ["ROLE_ADMIN", "XA_RECOVER_ADMIN"],
  closedRoles: () => [],
  killPrivilege: "CONNECTION_ADMIN",
  oldest: [8, 0],
  roleGrantee: (role) => `'${role}'@'%'`,
};

export const mariadbDialect: Dialect = {
  engine: "mariadb",
  identifiedBy: (verifier) => `IDENTIFIED VIA mysql_native_password USING ${literal(verifier)}`,
  setDefaultRole: (account, role) => `SET DEFAULT ROLE ${role} FOR ${account}`,
  // REVOKE ALL PRIVILEGES has taken the roles as well, and MariaDB refuses to take one twice.
  revokeRole: () => [],
  // The view mysql.user does not say who is locked.
  accounts: `(SELECT User AS user, Host AS host, IFNULL(JSON_VALUE(Priv, '$.max_questions'), 0) + 0 AS queries,
      IFNULL(JSON_VALUE(Priv, '$.max_updates'), 0) + 0 AS updates, IFNULL(JSON_VALUE(Priv, '$.max_connections'), 0) + 0 AS number,
      IFNULL(JSON_VALUE(Priv, '$.account_locked'), 0) + 0 AS locked, IFNULL(JSON_VALUE(Priv, '$.plugin'), '') = '${iamPlugin}' AS iam,
      IFNULL(JSON_VALUE(Priv, '$.password_last_changed'), 0) + 0 AS changed
      FROM mysql.global_priv WHERE IFNULL(JSON_VALUE(Priv, '$.is_role'), 0) = 0)`,
  memberships: "(SELECT Role AS role, User AS user, Host AS host FROM mysql.roles_mapping)",
  defaultRoles: `(SELECT JSON_VALUE(Priv, '$.default_role') AS role, NULL AS role_host, User AS user, Host AS host
      FROM mysql.global_priv WHERE JSON_VALUE(Priv, '$.default_role') <> '')`,
  rolesAmong: (list) => `SELECT User AS name, IFNULL(JSON_VALUE(Priv, '$.is_role'), 0) + 0 AS bare,
      JSON_VALUE(Priv, '$.access') + 0 <> 0 AS powerful
    FROM mysql.global_priv WHERE User IN (${list})`,
  xaRecover: "XA RECOVER",
  adminPrivileges: [],
  closedRoles: (list) => [
    `SELECT User AS role FROM mysql.global_priv WHERE User IN (${list}) AND JSON_VALUE(Priv, '$.is_role') AND User NOT IN
      (SELECT Role FROM mysql.roles_mapping WHERE Admin_option = 'Y' AND User = SUBSTRING_INDEX(CURRENT_USER(), '@', 1))`,
  ],
  killPrivilege: "CONNECTION ADMIN",
  oldest: [10, 6],
  roleGrantee: (role) => `'${role}'@''`,
};
