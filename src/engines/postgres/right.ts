/** One privilege of a group role on one thing, and its GRANT and REVOKE. */
import { ownName, theirName } from "./quote.ts";

export interface Right {
  /** What follows ON. TABLES and SEQUENCES: those that `owner` will make in `schema`. */
  kind: "SCHEMA" | "TABLE" | "SEQUENCE" | "TABLES" | "SEQUENCES";
  /** `SELECT`, `USAGE`, or with a quoted column `SELECT ("id")`. */
  privilege: string;
  schema: string;
  /** Absent for a schema and for future tables. */
  name?: string;
  owner: string;
  /** The admin acts for the owner and may change this. */
  mayChange: boolean;
}

export function sameRight(one: Right): string {
  const owner = isFuture(one) ? one.owner : "";
  return JSON.stringify([one.kind, one.privilege, one.schema, one.name ?? "", owner]);
}

/** One statement for all tables of the same kind and privilege: a schema of 10,000 tables is one GRANT. */
export function rightStatements(
  verb: "GRANT" | "REVOKE",
  rights: readonly Right[],
  groupRole: string,
): string[] {
  const groups = Map.groupBy(rights, (right) =>
    isFuture(right) ? sameRight(right) : `${right.kind} ${right.privilege}`,
  );
  const towards = verb === "GRANT" ? "TO" : "FROM";
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const on = isFuture(first) ? first.kind : `${first.kind} ${group.map(target).join(", ")}`;
    const future = isFuture(first)
      ? `ALTER DEFAULT PRIVILEGES FOR ROLE ${theirName(first.owner)} IN SCHEMA ${theirName(first.schema)} `
      : "";
    return [`${future}${verb} ${first.privilege} ON ${on} ${towards} ${ownName(groupRole)}`];
  });
}

function target(right: Right): string {
  return right.name === undefined ? theirName(right.schema) : theirName(right.schema, right.name);
}

function isFuture(right: Right): boolean {
  return right.kind === "TABLES" || right.kind === "SEQUENCES";
}
