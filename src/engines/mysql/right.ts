/** One privilege of a group role on one thing, and its GRANT and REVOKE. */
import { ownName, theirName } from "./quote.ts";

export interface Right {
  kind: "GLOBAL" | "SCHEMA" | "TABLE" | "PROCEDURE" | "FUNCTION" | "ROLE";
  /** `SELECT`, or with a quoted column ``SELECT (`id`)``. For ROLE the quoted role, whose privileges come along. */
  privilege: string;
  /** For SCHEMA the pattern as the server keeps it (quote.ts); for the others the schema's own name. Absent for GLOBAL. */
  schema?: string;
  /** Table or routine. */
  name?: string;
}

export function sameRight(one: Right): string {
  return JSON.stringify([one.kind, one.privilege, one.schema ?? "", one.name ?? ""]);
}

/** One statement for all privileges on the same thing. */
export function rightStatements(
  verb: "GRANT" | "REVOKE",
  rights: readonly Right[],
  groupRole: string,
): string[] {
  const towards = verb === "GRANT" ? "TO" : "FROM";
  return [...Map.groupBy(rights, target)].map(([on, group]) => {
    const privileges = group.map(({ privilege }) => privilege).join(", ");
    return `${verb} ${privileges}${on} ${towards} ${ownName(groupRole)}`;
  });
}

function target({ kind, schema = "", name = "" }: Right): string {
  switch (kind) {
    case "ROLE":
      return "";
    case "GLOBAL":
      return " ON *.*";
    case "SCHEMA":
      return ` ON ${theirName(schema)}.*`;
    case "TABLE":
      return ` ON ${theirName(schema, name)}`;
    default:
      return ` ON ${kind} ${theirName(schema, name)}`;
  }
}
