/** What a user owns and nothing runs in goes to the powerless jit_graveyard; nobody loses a row, nobody keeps a permission. */
import type { SqlserverConnection } from "../../connect/sqlserver.ts";
import type { MovedObject } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import type { Holdings } from "./holdings.ts";
import { sidOf } from "./mark.ts";
import type { Owned } from "./owned.ts";
import { literal, ownName, theirName } from "./quote.ts";
import { graveyardRole } from "./standing.ts";
import { message } from "./use.ts";

function securable({ kind, schema, name }: Owned): string {
  if (kind === "schema") return `SCHEMA::${theirName(name)}`;
  return `${kind === "type" ? "TYPE" : "OBJECT"}::${theirName(schema, name)}`;
}

/** Permissions that others have on what is to move; the owner's server drops some of them by itself, but not all. */
function grantsStatement(user: KnownUser, database: string): string {
  const sys = `${theirName(database)}.sys`;
  return `SELECT g.name AS grantee, d.permission_name AS permission, s.name AS home, o.name AS object, c.name AS col
    FROM ${sys}.database_permissions d JOIN ${sys}.database_principals g ON g.principal_id = d.grantee_principal_id
    LEFT JOIN ${sys}.objects o ON d.class = 1 AND o.object_id = d.major_id
    JOIN ${sys}.schemas s ON s.schema_id = CASE WHEN d.class = 3 THEN d.major_id ELSE o.schema_id END
    LEFT JOIN ${sys}.columns c ON d.class = 1 AND c.object_id = d.major_id AND c.column_id = d.minor_id
    JOIN ${sys}.database_principals u ON u.principal_id = COALESCE(o.principal_id, s.principal_id) AND u.sid = ${sidOf(user.marker)}
    WHERE d.class IN (1, 3) AND d.state IN ('G', 'W')`;
}

interface Grant {
  grantee: string;
  permission: string;
  home: string;
  object: string | null;
  col: string | null;
}

function moveStatements(
  { database, owned }: Pick<Holdings, "database" | "owned">,
  grants: readonly Grant[],
): string[] {
  const graveyard = ownName(graveyardRole);
  return [
    `USE ${theirName(database)}`,
    "BEGIN TRANSACTION",
    `IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = ${literal(graveyardRole)}) CREATE ROLE ${graveyard}`,
    ...grants.map(({ grantee, permission, home, object, col }) => {
      const on = object === null ? `SCHEMA::${theirName(home)}` : `OBJECT::${theirName(home, object)}`;
      const column = col === null ? "" : ` (${theirName(col)})`;
      return `REVOKE ${permission}${column} ON ${on} FROM ${theirName(grantee)} CASCADE`;
    }),
    ...owned
      .filter(({ itself }) => itself)
      .map((it) => `ALTER AUTHORIZATION ON ${securable(it)} TO ${graveyard}`),
    "COMMIT TRANSACTION",
    "USE [master]",
  ];
}

/** Moves all of it in one database, or nothing. */
export async function move(
  connection: SqlserverConnection,
  user: KnownUser,
  holdings: Holdings,
): Promise<readonly MovedObject[]> {
  const [rows = []] = await message(connection, [grantsStatement(user, holdings.database)]);
  const grants = rows as Grant[];
  await message(connection, moveStatements(holdings, grants));
  return holdings.owned.map((it) => ({
    database: holdings.database,
    kind: words[it.kind] ?? it.kind,
    name: it.kind === "schema" ? it.name : `${it.schema}.${it.name}`,
    stripped: grants
      .filter(({ home, object }) => home === it.schema && object === (it.kind === "schema" ? null : it.name))
      .map(({ grantee, permission, col }) => `${grantee}: ${permission}${col === null ? "" : ` (${col})`}`),
  }));
}

const words: Record<string, string> = { U: "table", SO: "sequence", TT: "table type" };
