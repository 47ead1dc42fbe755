/** Numbers of SQL Server ("Database Engine events and errors"), as the driver hands them on. */
import { codeOf } from "./login-errors.ts";

/** Zero where the server said nothing. */
export function numberOf(error: unknown): number {
  if (typeof error !== "object" || error === null) return 0;
  if ("number" in error && typeof error.number === "number") return error.number;
  return "originalError" in error ? numberOf(error.originalError) : 0;
}

/**
 * The code by which login-errors.ts tells failures apart: the driver wraps the socket's or TLS's own error, and calls
 * every login that the server refuses ELOGIN.
 */
export function rootCode(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  for (const key of ["originalError", "cause"] as const) {
    const inner = key in error ? rootCode((error as Record<string, unknown>)[key]) : "";
    if (inner !== "") return inner;
  }
  return codeOf(error);
}
