/** POST /databases/{id}/prepare: the standing roles, and on demand an admin that logs in by IAM. For administrators. */
import { adminOrder, runAdminOrder } from "../admin-order.ts";
import type { Config } from "../config.ts";
import { DbleaseError } from "../errors.ts";
import { waitingStatuses } from "../grant.ts";
import { takesTokens } from "../iam/takes-tokens.ts";
import { openGrants } from "../store/find-grants.ts";
import type { Table } from "../store/table.ts";
import type { DoctorView } from "../views.ts";
import { resolveMembers } from "../workflow/resolve-members.ts";
import { checkProxy } from "../workflow/resolve-proxy.ts";
import { type Call, isAdmin, isAuditor } from "./api.ts";
import type { ApiParts } from "./routes.ts";

/**
 * The password is refused once the admin logs in by token: whoever still needs it could neither give nor end access.
 * @throws BAD_CONFIGURATION, LIVE_GRANTS
 */
async function assertNobodyNeedsPassword(table: Table, { databases }: Config, id: string): Promise<void> {
  const secret = databases[id]?.adminSecret;
  const others = Object.entries(databases).filter(([, it]) => it.adminSecret === secret && !it.adminUser);
  if (secret && others.length > 0) {
    const names = others.map(([name]) => name).join(", ");
    throw new DbleaseError("BAD_CONFIGURATION", `the same admin logs in by password for ${names}`, {
      next: "name adminUser and resourceIds there, too, then deploy",
    });
  }
  const live = (await openGrants(table)).filter(
    ({ status, database }) =>
      !waitingStatuses.includes(status) && database.adminSecret === secret && !database.adminUser,
  );
  if (live.length === 0) return;
  const list = live.map((it) => `${it.id} (${it.status})`).join(", ");
  throw new DbleaseError("LIVE_GRANTS", `these grants can be ended by that password alone: ${list}`, {
    next: "dblease revoke <id>, wait until the second look five minutes later is done, then try again",
  });
}

/** @throws NOT_ALLOWED, NOT_FOUND, UNAVAILABLE; for `move-admin` also BAD_CONFIGURATION, LIVE_GRANTS. */
export async function runAdmin(
  api: ApiParts,
  call: Call,
  id: string,
  action: "doctor" | "prepare" | "move-admin",
): Promise<DoctorView> {
  if (!isAdmin(call) && !(action === "doctor" && isAuditor(call))) {
    throw new DbleaseError("NOT_ALLOWED", `only administrators may run ${action}`, {
      next: "ask one of admins in dblease.yaml",
    });
  }
  const { config } = call.stored;
  const order = adminOrder(config, id, action);
  if (action === "move-admin") await assertNobodyNeedsPassword(api.table, config, id);
  const members = await resolveMembers(api.rds, order.database);
  const { checks } = await runAdminOrder(api.admin, { ...order, members });
  const proxy = await checkProxy(api.rds, config, order.database);
  return { database: id, checks: [...takesTokens(config, id, members), ...proxy, ...checks] };
}
