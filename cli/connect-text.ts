import type { GrantView } from "../src/views.ts";
import type { Output } from "./terminal.ts";
import { clockTime, timeLeft } from "./time-text.ts";

/** The line that opens psql. The password goes by environment: as an argument every user of the machine could read it. */
export function connectCommand(id: string): string {
  return `eval "$(dblease credential ${id} --env)" && psql`;
}

/** An active grant in two lines: until when, and how to connect. */
export function connectText(grant: GrantView, output: Output, now: Date): string {
  const until = grant.expiresAt
    ? ` until ${clockTime(grant.expiresAt, now)}, ${timeLeft(grant.expiresAt, now)} left`
    : "";
  const state = output.style("green", "active");
  return [
    `${output.style("bold", grant.database)}  ${grant.role}  ${state}${until}  ${output.style("dim", grant.id)}`,
    `  ${output.style("cyan", connectCommand(grant.id))}`,
  ].join("\n");
}
