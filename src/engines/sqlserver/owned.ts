/** What a user owns in one database, and what runs as it. */
import type { Row } from "../../connect/sqlserver.ts";

/** Something that a user owns, or that runs as it. */
export interface Owned {
  /** As `sys.objects` calls it, or a word. */
  kind: string;
  schema: string;
  name: string;
  /** Nothing in it runs. */
  plain: boolean;
  /** Owned by itself, not through its schema. */
  itself: boolean;
}

/** Objects that hold data or belong to a table; everything else runs, or leads somewhere. */
const plainTypes = "'U', 'SO', 'TT'";

/** Views of things that have an owner and no schema. DROP USER fails for it (15138), so that each has to be named. */
export const ownerless: Record<string, string> = {
  assembly: "assemblies",
  certificate: "certificates",
  "asymmetric key": "asymmetric_keys",
  "symmetric key": "symmetric_keys",
  service: "services",
  contract: "service_contracts",
  "message type": "service_message_types",
  route: "routes",
  "remote service binding": "remote_service_bindings",
  "fulltext catalog": "fulltext_catalogs",
};

/** `mine`: the JOIN that leaves only what has the user in this column. */
export function ownedStatement(sys: string, mine: (on: string) => string): string {
  return `SELECT 'schema' AS kind, s.name AS home, s.name AS name, 1 AS plain, 1 AS itself FROM ${sys}.schemas s ${mine("s.principal_id")}
      UNION ALL SELECT o.type, s.name, o.name, CASE WHEN o.type IN (${plainTypes}) AND NOT EXISTS (
          SELECT 1 FROM ${sys}.sql_expression_dependencies e JOIN ${sys}.objects c ON c.object_id = e.referencing_id
          WHERE c.object_id = o.object_id OR c.parent_object_id = o.object_id) THEN 1 ELSE 0 END,
        CASE WHEN o.principal_id IS NULL THEN 0 ELSE 1 END
      FROM ${sys}.objects o JOIN ${sys}.schemas s ON s.schema_id = o.schema_id ${mine("COALESCE(o.principal_id, s.principal_id)")}
      WHERE o.parent_object_id = 0 OR o.type = 'TR'
      UNION ALL SELECT 'module', s.name, o.name, 0, 0 FROM ${sys}.sql_modules x JOIN ${sys}.objects o ON o.object_id = x.object_id
      JOIN ${sys}.schemas s ON s.schema_id = o.schema_id ${mine("x.execute_as_principal_id")}
      UNION ALL SELECT 'database trigger', '', t.name, 0, 0 FROM ${sys}.sql_modules x
      JOIN ${sys}.triggers t ON t.object_id = x.object_id AND t.parent_class = 0 ${mine("x.execute_as_principal_id")}
      UNION ALL SELECT 'activated queue', s.name, q.name, 0, 0 FROM ${sys}.service_queues q
      JOIN ${sys}.schemas s ON s.schema_id = q.schema_id ${mine("q.execute_as_principal_id")}
      UNION ALL SELECT CASE WHEN r.type = 'A' THEN 'application role' ELSE 'role' END, '', r.name, 0, 1
      FROM ${sys}.database_principals r ${mine("r.owning_principal_id")}
      UNION ALL SELECT 'type', s.name, t.name, 1, 1 FROM ${sys}.types t JOIN ${sys}.schemas s ON s.schema_id = t.schema_id ${mine("t.principal_id")}
      ${Object.entries(ownerless)
        .map(
          // Services and what belongs to them are named in a collation of their own.
          ([kind, view]) =>
            `UNION ALL SELECT '${kind}', '', a.name COLLATE DATABASE_DEFAULT, 0, 1 FROM ${sys}.${view} a ${mine("a.principal_id")}`,
        )
        .join("\n      ")}`;
}

export function ownedIn(row: Row): Owned {
  return {
    kind: String(row.kind).trim(),
    schema: row.home,
    name: row.name,
    plain: Number(row.plain) === 1,
    itself: Number(row.itself) === 1,
  };
}
