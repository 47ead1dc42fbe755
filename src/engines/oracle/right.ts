/** One privilege of a group role, and its GRANT and REVOKE. */
import { ownName, quoted } from "./quote.ts";

export interface Right {
  /** ROLE: `privilege` is the name of the role whose privileges come along. SCHEMA: on all that is in it, now and later. */
  kind: "SYSTEM" | "ROLE" | "OBJECT" | "SCHEMA";
  privilege: string;
  schema?: string;
  table?: string;
  column?: string;
  /** It may be passed on. */
  admin?: boolean;
}

export function sameRight(it: Right): string {
  return JSON.stringify([it.kind, it.privilege, it.schema, it.table, it.column, it.admin === true]);
}

/** What one REVOKE takes: a privilege on a table goes with all its columns. */
export function revokedAlike(it: Right): string {
  return JSON.stringify([it.kind, it.privilege, it.schema, it.table]);
}

/** One statement for all privileges on the same table. */
export function rightStatements(
  verb: "GRANT" | "REVOKE",
  rights: readonly Right[],
  groupRole: string,
): string[] {
  const towards = `${verb === "GRANT" ? "TO" : "FROM"} ${quoted(ownName(groupRole))}`;
  return [...Map.groupBy(rights, target)].map(([on, group]) => {
    const privileges = verb === "GRANT" ? withColumns(group) : [...new Set(group.map(bare))];
    return `${verb} ${privileges.join(", ")}${on} ${towards}`;
  });
}

function target({ kind, schema = "", table = "" }: Right): string {
  if (kind === "SCHEMA") return ` ON SCHEMA ${quoted(schema)}`;
  return kind === "OBJECT" ? ` ON ${quoted(schema, table)}` : "";
}

function bare({ kind, privilege }: Right): string {
  return kind === "ROLE" ? quoted(privilege) : privilege;
}

/** `UPDATE ("A", "B")`: the columns of one privilege stand behind it together. */
function withColumns(rights: readonly Right[]): string[] {
  return [...Map.groupBy(rights, bare)].map(([privilege, group]) => {
    const columns = group.flatMap(({ column }) => (column === undefined ? [] : [quoted(column)]));
    return columns.length === 0 ? privilege : `${privilege} (${columns.join(", ")})`;
  });
}
