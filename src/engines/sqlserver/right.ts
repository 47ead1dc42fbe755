/** One permission of a group role on one thing, and its GRANT and REVOKE. */
import { ownName, theirName } from "./quote.ts";

export interface Right {
  kind: "DATABASE" | "SCHEMA" | "OBJECT" | "ROLE";
  /** `SELECT`. For ROLE the role whose permissions come along. */
  permission: string;
  schema?: string | undefined;
  name?: string | undefined;
  column?: string | undefined;
}

export function sameRight({ kind, permission, schema, name, column }: Right): string {
  return JSON.stringify([kind, permission, schema ?? "", name ?? "", column ?? ""]);
}

/** A permission is taken with all that was made of it. */
export function rightStatement(verb: "GRANT" | "REVOKE", right: Right, groupRole: string): string {
  const role = ownName(groupRole);
  if (right.kind === "ROLE") {
    const change = verb === "GRANT" ? "ADD" : "DROP";
    return `ALTER ROLE ${theirName(right.permission)} ${change} MEMBER ${role}`;
  }
  const towards = verb === "GRANT" ? `TO ${role}` : `FROM ${role} CASCADE`;
  return `${verb} ${right.permission}${target(right)} ${towards}`;
}

function target({ kind, schema = "", name = "", column }: Right): string {
  if (kind === "DATABASE") return "";
  if (kind === "SCHEMA") return ` ON SCHEMA::${theirName(schema)}`;
  return `${column === undefined ? "" : ` (${theirName(column)})`} ON OBJECT::${theirName(schema, name)}`;
}
