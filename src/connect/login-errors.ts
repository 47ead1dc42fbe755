/** Why an admin login failed, told apart by codes, never by texts. */
import { DbleaseError } from "../errors.ts";

/** How far the connection had come when it failed. */
export interface LoginProgress {
  address: string;
  username: string;
  /** The server answered, but TLS was asked for and had not begun. */
  awaitingTls: boolean;
  timedOut: boolean;
}

/** Codes of Node's TLS, of OpenSSL's certificate checks (Node manual, "X509 certificate error codes") , of mysql2 and of oracledb. */
const tlsCode =
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_|HANDSHAKE_(NO_)?SSL_|NJS-50[5-8]$)/;

/**
 * The DbleaseError for a failed login; the server's words and the password are in none of it.
 * `refused`: the codes by which this kind of server says that it does not let the admin in.
 */
export function loginError(error: unknown, progress: LoginProgress, refused: RegExp): DbleaseError {
  if (error instanceof DbleaseError) return error;
  const code = codeOf(error);
  if (refused.test(code)) return refusedLogin(`${progress.address} refused ${progress.username} (${code})`);
  if (tlsCode.test(code)) return noTls(progress.address, code);
  if (code === "" && progress.awaitingTls && !progress.timedOut)
    return noTls(progress.address, "no TLS offered");
  const why = progress.timedOut ? "time-out" : code || "connection closed";
  return new DbleaseError("DATABASE_UNREACHABLE", `${progress.address} cannot be reached (${why})`, {
    next: "check host, port, security group and that the database is running, then try again",
  });
}

/** A login that must not go on, or that the server did not let in. */
export function refusedLogin(message: string): DbleaseError {
  return new DbleaseError("DATABASE_REFUSED", message, {
    next: "check the admin secret and that the admin may connect to this database",
  });
}

/** SQLSTATE, mysql2's name of an error, or Node's error code; empty where the error carries none. */
export function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

function noTls(address: string, why: string): DbleaseError {
  return new DbleaseError("TLS_FAILED", `no verified TLS with ${address} (${why})`, {
    next: "give the authority of the server's certificate as tls.ca and the host name that stands in it",
  });
}
