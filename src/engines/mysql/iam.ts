/** Logins by IAM: RDS's plugin asks the client for a token and AWS whether it is good. */

/**
 * The account has no password at all. The same words on MySQL and MariaDB (RDS User Guide, "Creating a database account
 * using IAM authentication").
 */
export const identifiedByIam = "IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'";

/** The plugin as it stands with an account. */
export const iamPlugin = "AWSAuthenticationPlugin";

/** RDS User Guide, "Supported Regions and DB engines for IAM database authentication": MariaDB of these versions only. */
export const mariadbWithIam = /^(10\.11|11\.4|11\.8)\./;
