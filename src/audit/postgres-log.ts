/**
 * PostgreSQL's log in the two forms that RDS allows for log_line_prefix: `%t:%r:%u@%d:[%p]:`, the default, and
 * `%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a:`, which adds SQLSTATE and the session's id. Only lines of users of ours
 * are understood, and of these only those that begin or end a session: never a statement.
 */
import type { Instant } from "../grant.ts";
import { ourUser, type SessionNote } from "./session-note.ts";

/**
 * The whole line, so that what a stranger may choose (a user, a database, an application's name) cannot play another
 * one. The second half of the prefix is there or not.
 */
const line = new RegExp(
  `^(?<at>\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{3})?) UTC:(?<address>[0-9a-fA-F.:%]+|\\[local\\])(?:\\((?<port>\\d+)\\))?:` +
    `(?<user>${ourUser})@(?<database>[^\\n]{0,63}):\\[(?<pid>\\d+)\\]:` +
    `(?:\\d+:(?<state>[0-9A-Z]{5}):(?<start>\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d) UTC:[^:\\n]*:\\d+:[0-9a-f]+\\.[0-9a-f]+:[^\\n]{0,63}:)?` +
    "(?<severity>LOG|FATAL): {2}(?<message>[^\\n]*)$",
);

const authorized =
  /^connection authorized: user=\S+ database=.*?(?: application_name=(?<application>.*?))?(?<tls> SSL enabled \(.*\))?(?: GSS \(.*\))?$/;
const disconnected =
  /^disconnection: session time: (?<hours>\d+):(?<minutes>\d\d):(?<seconds>\d\d\.\d{3}) user=/;

/** SQLSTATEs that end a session which was one, with their texts for the prefix that has no SQLSTATE. */
const endings: readonly (readonly [code: string, text: RegExp])[] = [
  ["57P01", /^terminating connection due to administrator command$/],
  ["57P05", /^terminating connection due to idle-session timeout$/],
  ["25P03", /^terminating connection due to idle-in-transaction timeout$/],
  ["25P04", /^terminating connection due to transaction timeout$/],
];

/** SQLSTATEs of refusals by their texts (src/backend/utils/init/, libpq/auth.c). */
const refusals: readonly (readonly [code: string, text: RegExp])[] = [
  ["28P01", /^password authentication failed for user /],
  [
    "28000",
    /^(role ".*" is not permitted to log in|PAM authentication failed|no pg_hba\.conf entry|pg_hba\.conf rejects|role ".*" does not exist)/,
  ],
  ["42501", /^permission denied for database /],
  ["3D000", /^database ".*" does not exist/],
  ["53300", /^(too many connections|sorry, too many clients|remaining connection slots)/],
];

/** Undefined: no server writes a day that there is not, but a stranger may. */
function instant(text: string): Instant | undefined {
  const at = new Date(`${text.replace(" ", "T")}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

function codeOf(table: typeof endings, message: string): string | undefined {
  return table.find(([, text]) => text.test(message))?.[0];
}

/** How a session of this length began, when it ended at this instant. */
function beginning(end: Instant, { hours, minutes, seconds }: Record<string, string | undefined>): Instant {
  const length = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return new Date(Math.max(0, Date.parse(end) - length)).toISOString();
}

/** Undefined: the line says nothing about a session of a user of ours. */
export function readPostgresLine(text: string): SessionNote | undefined {
  const found = line.exec(text)?.groups;
  if (!found) return undefined;
  const {
    at: written = "",
    address = "",
    port,
    user = "",
    database = "",
    pid,
    state,
    start,
    severity,
  } = found;
  const { message = "" } = found;
  const at = instant(written);
  if (at === undefined) return undefined;
  const startedAt = start === undefined ? undefined : instant(start);
  const about = {
    at,
    username: user,
    connection: `${address}(${port ?? ""})[${pid}]`,
    ...(address === "[local]" ? {} : { address }),
    database,
    ...(startedAt === undefined ? {} : { startedAt }),
  };
  if (severity === "FATAL") {
    const ending = codeOf(endings, message);
    if (ending) return { ...about, kind: "killed", code: state ?? ending };
    return { ...about, kind: "refused", code: state ?? codeOf(refusals, message) ?? "FATAL" };
  }
  const { application, tls } = authorized.exec(message)?.groups ?? {};
  if (authorized.test(message)) {
    return { ...about, kind: "opened", ...(application ? { application } : {}), tls: tls !== undefined };
  }
  const length = disconnected.exec(message)?.groups;
  if (!length) return undefined;
  return { ...about, kind: "ended", startedAt: about.startedAt ?? beginning(about.at, length) };
}
