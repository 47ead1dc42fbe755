/** Views, routines, triggers and events, which run with the rights of their definer. Tables have no owner. */
import { literal, theirName } from "./quote.ts";
import type { Row } from "./use.ts";

export interface Definer {
  /** `view app.orders_copy`. */
  what: string;
  /** `DROP` of it. */
  statement: string;
}

/** One statement a kind. A role of MariaDB is a definer as `role@`, an account as `user@host`. */
export function definerStatements(usernames: readonly string[]): string[] {
  const whose = `SUBSTRING_INDEX(DEFINER, '@', 1) IN (${usernames.map(literal).join(", ")})`;
  const of = (view: string, kind: string, columns: string) =>
    `SELECT ${literal(kind)} AS kind, ${columns} FROM information_schema.${view} WHERE ${whose}`;
  return [
    of("VIEWS", "VIEW", "TABLE_SCHEMA AS db, TABLE_NAME AS name"),
    of("ROUTINES", "ROUTINE", "ROUTINE_SCHEMA AS db, ROUTINE_NAME AS name, ROUTINE_TYPE AS routine"),
    of("TRIGGERS", "TRIGGER", "TRIGGER_SCHEMA AS db, TRIGGER_NAME AS name"),
    of("EVENTS", "EVENT", "EVENT_SCHEMA AS db, EVENT_NAME AS name"),
  ];
}

/** The answers to definerStatements. */
export function definersIn(results: readonly Row[][]): Definer[] {
  return results.flat().map((row) => {
    const kind: string = row.routine ?? row.kind;
    const drop = `DROP ${kind} ${theirName(row.db, row.name)}`;
    return {
      what: `${kind.toLowerCase()} ${row.db}.${row.name}`,
      // MariaDB knows the word in Oracle's mode alone.
      statement: kind.startsWith("PACKAGE") ? `SET SESSION sql_mode = 'ORACLE'; ${drop}` : drop,
    };
  });
}
