import type { GrantView } from "../src/views.ts";
import type { Output } from "./terminal.ts";
import { clockTime, timeLeft } from "./time-text.ts";

/**
 * The line that opens the engine's own client. The password goes by environment or by a file that only its owner may
 * read: as an argument every user of the machine could read it.
 */
export function connectCommand({ id, engine }: Pick<GrantView, "id" | "engine">): string {
  if (engine === "oracle") return `sql /nolog @"$(dblease credential ${id} --file)"`;
  if (engine === "sqlserver") return `eval "$(dblease credential ${id} --env)" && sqlcmd -N`;
  if (engine !== "mysql" && engine !== "mariadb") return `eval "$(dblease credential ${id} --env)" && psql`;
  return `${engine} --defaults-extra-file="$(dblease credential ${id} --file)"`;
}

/** An active grant in two lines: until when, and how to connect. */
export function connectText(grant: GrantView, output: Output, now: Date): string {
  const until = grant.expiresAt
    ? ` until ${clockTime(grant.expiresAt, now)}, ${timeLeft(grant.expiresAt, now)} left`
    : "";
  const state = output.style("green", "active");
  return [
    `${output.style("bold", grant.database)}  ${grant.role}  ${state}${until}  ${output.style("dim", grant.id)}`,
    `  ${output.style("cyan", connectCommand(grant))}`,
  ].join("\n");
}
