import type { PostgresConnection } from "../../connect/postgres.ts";
import type { GroupRole } from "../engine.ts";
import { presentRights } from "./present-rights.ts";
import { readSchemas } from "./relations.ts";
import { type Right, sameRight } from "./right.ts";
import { wantedRights } from "./wanted-rights.ts";

/** How a group role differs from the configuration. Both empty: equal. */
export interface Drift {
  missing: readonly Right[];
  surplus: readonly Right[];
}

export async function drift(connection: PostgresConnection, groupRole: GroupRole): Promise<Drift> {
  const names = new Set(groupRole.scopes.flatMap((scope) => scope.schemas));
  const schemas = await readSchemas(connection, [...names]);
  const wanted = new Map(wantedRights(groupRole, schemas).map((right) => [sameRight(right), right]));
  const present = new Map(
    (await presentRights(connection, groupRole.name)).map((right) => [sameRight(right), right]),
  );
  return {
    missing: [...wanted].filter(([key]) => !present.has(key)).map(([, right]) => right),
    surplus: [...present].filter(([key]) => !wanted.has(key)).map(([, right]) => right),
  };
}
