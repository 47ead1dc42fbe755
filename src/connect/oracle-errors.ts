/** What Oracle's numbers mean where a connection is made or lost, each with what repairs it. */
import { DbleaseError } from "../errors.ts";
import { codeOf, loginError, refusedLogin } from "./login-errors.ts";

export interface OracleAddress {
  address: string;
  username: string;
  service: string;
}

/**
 * Wrong password, locked, expired, no CREATE SESSION, no protocol in common (Oracle "Database Error Messages").
 * https://docs.oracle.com/en/error-help/db/
 */
const refused = /^ORA-(01005|01017|01031|01045|28000|28001|28009|28030|28040)$/;

/** The service is not there, or the database behind it is not open. */
const notOpen =
  /^(ORA-(01033|01034|01035|01089|01090|01109|01147|12505|12514|12526|12527|12528)|NJS-51[89])$/;

/** The server demands Native Network Encryption, which the driver does not speak. */
const nativeEncryption = /^(NJS-53[123]|ORA-12660)$/;

/** The DbleaseError for a failed login; the server's words and the password are in none of it. */
export function oracleLoginError(
  error: unknown,
  { address, username, service }: OracleAddress,
): DbleaseError {
  if (error instanceof DbleaseError) return error;
  const code = codeOf(error);
  if (notOpen.test(code)) {
    return new DbleaseError("DATABASE_UNREACHABLE", `${service} at ${address} is not open (${code})`, {
      next: `check the service name; ALTER PLUGGABLE DATABASE ${service} OPEN, on RDS start or reboot the instance`,
    });
  }
  if (nativeEncryption.test(code)) {
    return new DbleaseError(
      "DATABASE_UNREACHABLE",
      `${address} demands Native Network Encryption (${code})`,
      {
        next: "let the option group require it no longer, and use the SSL option's port (2484)",
      },
    );
  }
  if (code === "ORA-28000") {
    return refusedLoginWith(address, username, code, `ALTER USER ${username} ACCOUNT UNLOCK`);
  }
  if (code === "ORA-28001") {
    return refusedLoginWith(
      address,
      username,
      code,
      `give ${username} a new password, also in the admin secret`,
    );
  }
  if (code === "ORA-01045") {
    return refusedLoginWith(address, username, code, `GRANT CREATE SESSION TO ${username}`);
  }
  const progress = { address, username, awaitingTls: false, timedOut: timedOut.test(code) };
  return loginError(error, progress, refused);
}

const timedOut = /^(ETIMEDOUT|NJS-510|NJS-123)$/;

function refusedLoginWith(address: string, username: string, code: string, next: string): DbleaseError {
  const { message } = refusedLogin(`${address} refused ${username} (${code})`);
  return new DbleaseError("DATABASE_REFUSED", message, { next });
}
