import { durationText } from "../src/duration.ts";
import type { GrantView } from "../src/views.ts";
import { printable } from "./printable.ts";
import { styledStatus } from "./status-style.ts";
import { table } from "./table.ts";
import type { Output } from "./terminal.ts";
import { clockTime, timeLeft } from "./time-text.ts";

/** What about time matters in this status. */
function timeOf(grant: GrantView, now: Date): string {
  if (grant.status === "requested") return `${timeLeft(grant.approveBy, now)} to decide`;
  if (grant.status === "active" && grant.expiresAt) return `${timeLeft(grant.expiresAt, now)} left`;
  if (grant.status === "approved" && grant.startAt) return `from ${clockTime(grant.startAt, now)}`;
  if (grant.closedAt) return `ended ${clockTime(grant.closedAt, now)}`;
  return `for ${durationText(grant.durationSeconds)}`;
}

/** Grants, one a line. */
export function grantTable(grants: readonly GrantView[], output: Output, now: Date): string {
  const heading = ["ID", "STATUS", "DATABASE", "ROLE", "TIME", "REQUESTER", "REASON"];
  return table([
    heading.map((word) => output.style("dim", word)),
    ...grants.map((grant) => [
      grant.id,
      styledStatus(grant.status, output),
      grant.database,
      grant.breakGlass ? `${grant.role} ${output.style("red", "BREAK-GLASS")}` : grant.role,
      timeOf(grant, now),
      grant.requester,
      printable(grant.reason),
    ]),
  ]);
}
