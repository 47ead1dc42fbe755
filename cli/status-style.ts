import type { GrantStatus } from "../src/grant.ts";
import type { Output } from "./terminal.ts";

const styles: Readonly<Record<GrantStatus, "green" | "yellow" | "red" | "dim">> = {
  requested: "yellow",
  approved: "yellow",
  granting: "yellow",
  active: "green",
  revoking: "yellow",
  revoked: "dim",
  denied: "red",
  lapsed: "dim",
  cancelled: "dim",
  grant_failed: "red",
  revoke_failed: "red",
  quarantined: "red",
};

/** A status in its colour; the word itself is always there, so colour is never the only sign. */
export function styledStatus(status: GrantStatus, output: Output): string {
  return output.style(styles[status], status);
}
