import type { MysqlConnection } from "../../connect/mysql.ts";
import type { GroupRole } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { presentRights } from "./present-rights.ts";
import { type Right, sameRight } from "./right.ts";
import type { Tables } from "./tables.ts";
import { wantedRights } from "./wanted-rights.ts";

/** How a group role differs from the configuration. Both empty: equal. */
export interface Drift {
  missing: readonly Right[];
  surplus: readonly Right[];
}

export async function drift(
  dialect: Dialect,
  connection: MysqlConnection,
  groupRole: GroupRole,
  tables: Tables,
  isThere: boolean,
): Promise<Drift> {
  const wanted = new Map(wantedRights(groupRole, tables).map((right) => [sameRight(right), right]));
  const rights = isThere ? await presentRights(dialect, connection, groupRole.name) : [];
  const present = new Map(rights.map((right) => [sameRight(right), right]));
  return {
    missing: [...wanted].filter(([key]) => !present.has(key)).map(([, right]) => right),
    surplus: [...present].filter(([key]) => !wanted.has(key)).map(([, right]) => right),
  };
}
