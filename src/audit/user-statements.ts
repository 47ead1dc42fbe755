/** Statements that make or change database users, in a server's log (pure). It says where to look, and nothing else. */

/** The statement in a line, by the last word of the log group's name. */
const statements: Readonly<Record<string, RegExp>> = {
  postgresql: /:LOG: {2}(?:execute [^:\n]*|statement): (?<sql>.*)/s,
  audit: /,QUERY(?:_DDL|_DCL)?,[^,]*,'(?<sql>.*)',\d+/s,
};

const made = /\b(?:create|alter)\s+(?:role|user|group)\s+(?:if\s+(?:not\s+)?exists\s+)?(?<name>[^\s;,(@]+)/gi;

/** Names as the line has them, without the marks around them. */
export function usersMade(line: string, type: string): string[] {
  const sql = statements[type]?.exec(line)?.groups?.sql ?? "";
  return [...sql.matchAll(made)].map(({ groups }) => `${groups?.name}`.replace(/\\?["'`]/g, ""));
}
