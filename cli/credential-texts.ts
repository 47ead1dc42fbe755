/** A credential as the clients of each engine want it. */
import type { GrantView } from "../src/views.ts";
import { address, type Credential } from "./credential.ts";

export interface CredentialTexts {
  /** Environment that the engine's clients read. */
  variables(it: Credential): Readonly<Record<string, string | undefined>>;
  uri(it: Credential): string;
  /** Content of a file of the engine's own clients; absent: they want none. */
  file?(it: Credential): string;
  /** How to come by AWS's authorities, for who has named none. */
  authorityHint: string;
  /** The variable that names the file of the authorities. */
  authorityVariable: string;
}

const bundle = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem";

/** Every PostgreSQL client reads these variables. */
const postgres: CredentialTexts = {
  variables: (it) => ({
    PGHOST: it.host,
    PGPORT: String(it.port),
    PGUSER: it.username,
    PGPASSWORD: it.password,
    PGDATABASE: it.database,
    PGSSLMODE: it.sslmode,
    PGSSLROOTCERT: it.sslrootcert,
  }),
  uri: (it) => address("postgresql", it, { sslmode: it.sslmode, sslrootcert: it.sslrootcert }),
  authorityHint: `The certificate is one of AWS's: keep ${bundle} as ~/.postgresql/root.crt.`,
  authorityVariable: "PGSSLROOTCERT",
};

/** In an option file double quotes hold a value together; the backslash is the only other sign that means something. */
const optionValue = (text: string) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** An option file. Each kind of client knows one of the two words for a verified host; `loose-` makes the other one a warning. */
function mysqlFile(it: Credential): string {
  return [
    "[client]",
    `host = ${optionValue(it.host)}`,
    `port = ${it.port}`,
    // For these clients localhost is the Unix socket, whatever the port.
    "protocol = TCP",
    `user = ${optionValue(it.username)}`,
    `password = ${optionValue(it.password)}`,
    "loose-ssl-mode = VERIFY_IDENTITY",
    "loose-ssl-verify-server-cert = 1",
    ...(it.sslrootcert === undefined ? [] : [`ssl-ca = ${optionValue(it.sslrootcert)}`]),
    "[mysql]",
    `database = ${optionValue(it.database)}`,
    "",
  ].join("\n");
}

/** Clients of MySQL and MariaDB read host, port and password from variables, the user and TLS from an option file only. */
const mysql: CredentialTexts = {
  variables: (it) => ({
    MYSQL_HOST: it.host,
    MYSQL_TCP_PORT: String(it.port),
    MYSQL_USER: it.username,
    MYSQL_PWD: it.password,
    MYSQL_DATABASE: it.database,
    MYSQL_SSL_CA: it.sslrootcert,
  }),
  uri: (it) => address("mysql", it, { "ssl-mode": "VERIFY_IDENTITY", "ssl-ca": it.sslrootcert }),
  file: mysqlFile,
  authorityHint: `The certificate is one of AWS's: keep ${bundle} and export MYSQL_SSL_CA=<its path>.`,
  authorityVariable: "MYSQL_SSL_CA",
};

/**
 * RDS asks for a token in clear text, which these clients give nobody unless they are told to. Over verified TLS, which the
 * same texts ask for, nobody but the server reads it.
 */
const mysqlByIam: CredentialTexts = {
  ...mysql,
  variables: (it) => ({ ...mysql.variables(it), LIBMYSQL_ENABLE_CLEARTEXT_PLUGIN: "1" }),
  file: (it) => `${mysqlFile(it)}[client]\nloose-enable-cleartext-plugin = 1\n`,
};

/** Oracle's own clients read a login from a script alone, which `sql /nolog` or `sqlplus /nolog` is given. */
const oracle: CredentialTexts = {
  variables: (it) => ({
    ORACLE_HOST: it.host,
    ORACLE_PORT: String(it.port),
    ORACLE_SERVICE: it.database,
    ORACLE_USER: it.username,
    ORACLE_PASSWORD: it.password,
  }),
  uri: (it) => address("oracle", it, { protocol: "tcps" }),
  // A password of ours has no double quote.
  file: (it) => `CONNECT ${it.username}/"${it.password}"@tcps://${it.host}:${it.port}/${it.database}\n`,
  authorityHint: `The certificate is one of AWS's: Java and wallets want it from ${bundle}.`,
  authorityVariable: "ORACLE_CA",
};

/** sqlcmd reads these; a certificate's authority it takes from the machine's own store. */
const sqlserver: CredentialTexts = {
  variables: (it) => ({
    SQLCMDSERVER: `tcp:${it.host},${it.port}`,
    SQLCMDUSER: it.username,
    SQLCMDPASSWORD: it.password,
    SQLCMDDBNAME: it.database,
  }),
  uri: (it) => {
    const query = new URLSearchParams({ database: it.database, encrypt: "true" });
    const login = `${encodeURIComponent(it.username)}:${encodeURIComponent(it.password)}`;
    return `sqlserver://${login}@${it.host}:${it.port}?${query}`;
  },
  authorityHint: `The certificate is one of AWS's: add ${bundle} to this machine's trusted authorities.`,
  authorityVariable: "SSL_CERT_FILE",
};

export function credentialTexts({ engine, model }: Pick<GrantView, "engine" | "model">): CredentialTexts {
  if (engine === "oracle") return oracle;
  if (engine === "sqlserver") return sqlserver;
  if (engine !== "mysql" && engine !== "mariadb") return postgres;
  return model === "iam" ? mysqlByIam : mysql;
}
