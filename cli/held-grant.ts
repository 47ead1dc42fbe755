import type { GrantView } from "../src/views.ts";
import type { Api } from "./api.ts";

/** The active grant of mine on a database that lasts longest; `role`: of this role only. */
export async function heldGrant(
  api: Api,
  database: string,
  role: string | undefined,
): Promise<GrantView | undefined> {
  const held = (await api.grants("mine")).filter(
    (it) => it.status === "active" && it.database === database && (role === undefined || it.role === role),
  );
  return held.sort((a, b) => (b.expiresAt ?? "").localeCompare(a.expiresAt ?? ""))[0];
}
