/** Settings that a login has by `ALTER ROLE ... SET`, as pg_db_role_setting keeps them, and the statements that copy them. */
import { literal, theirName } from "./quote.ts";

export interface RoleSetting {
  /** Absent: in all databases. */
  database?: string;
  name: string;
  value: string;
}

/** Settings whose value is a list of names; kept as one text, set as a list (pg_dump, variable_is_guc_list_quote). */
const lists = [
  "local_preload_libraries",
  "search_path",
  "session_preload_libraries",
  "shared_preload_libraries",
  "temp_tablespaces",
  "unix_socket_directories",
];

/** Rows `rolname`, `datname`, `setconfig` of these roles. */
export function readSettings(usernames: readonly string[]): string {
  return `SELECT r.rolname, d.datname, s.setconfig FROM pg_catalog.pg_db_role_setting s
    JOIN pg_catalog.pg_roles r ON r.oid = s.setrole LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
    WHERE r.rolname IN (${usernames.map(literal).join(", ")})`;
}

export function settingsOf(
  rows: readonly { rolname: string; datname: string | null; setconfig: readonly string[] }[],
  username: string,
): RoleSetting[] {
  return rows
    .filter((row) => row.rolname === username)
    .flatMap(({ datname, setconfig }) =>
      setconfig.map((entry) => {
        const at = entry.indexOf("=");
        const setting = { name: entry.slice(0, at), value: entry.slice(at + 1) };
        return datname === null ? setting : { database: datname, ...setting };
      }),
    );
}

function place({ database, name }: RoleSetting): string {
  return `${database ?? ""}\n${name}`;
}

/** What makes `to`'s settings equal to `from`'s. */
export function copySettings(
  username: string,
  from: readonly RoleSetting[],
  to: readonly RoleSetting[],
): string[] {
  const wanted = new Map(from.map((it) => [place(it), it]));
  const present = new Map(to.map((it) => [place(it), it]));
  const set = from.filter((it) => present.get(place(it))?.value !== it.value);
  const reset = to.filter((it) => !wanted.has(place(it)));
  const alter = (it: RoleSetting) =>
    `ALTER ROLE ${theirName(username)}${it.database === undefined ? "" : ` IN DATABASE ${theirName(it.database)}`}`;
  return [
    ...set.map((it) => `${alter(it)} SET ${settingName(it.name)} TO ${settingValue(it)}`),
    ...reset.map((it) => `${alter(it)} RESET ${settingName(it.name)}`),
  ];
}

/** `myapp.tenant` is two names. */
function settingName(name: string): string {
  return name
    .split(".")
    .map((it) => theirName(it))
    .join(".");
}

function settingValue({ name, value }: RoleSetting): string {
  return lists.includes(name) ? names(value).map(literal).join(", ") : literal(value);
}

/** A list of names as SQL writes it: quoted ones as they are, others in lower case (SplitIdentifierString, varlena.c). */
function names(list: string): string[] {
  const found = list.match(/"(?:[^"]|"")*"|[^\s,"]+/g) ?? [];
  const all = found.map((it) =>
    it.startsWith('"') ? it.slice(1, -1).replaceAll('""', '"') : it.toLowerCase(),
  );
  return all.length > 0 ? all : [""];
}
