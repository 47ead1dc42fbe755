/** docs/performance.md, made from the rows of one run. */
import { cellsOf, columns } from "./print-table.ts";
import { isOver, type Row } from "./row.ts";

const about: Record<string, string> = {
  tables: `Does the cost of an access grow with the database? Four databases of one server, from 10 to 10,000 tables, in turns.
"Same statements" are the very messages that dblease sent, sent again for another user over a connection as the driver
makes it: the difference is what dblease's own code costs. "By hand" is the shortest script with the same outcome and
no proof: no marker, no deadline, no wait for sessions, no read-back of what is left.`,
  crowd: `Does it grow with the people? Other sessions, other live users of dblease, and open sessions of the user itself.
PostgreSQL's own CREATE ROLE and DROP ROLE grow with the number of roles that the admin is a member of, by hand as well.`,
  together: `Eight people at once, each in a circle of grant, login, read and revoke. What MySQL 8.0.15 may leave over is a
locked user whose closed connection it goes on listing ([MySQL and MariaDB](mysql-and-mariadb.md), "What a revoke does").`,
  request: `A whole request on the local stack: API Gateway, Step Functions and Lambda are emulated in one Python process, so
these milliseconds say nothing about AWS. The number of transitions does: it is counted from the real histories of both
machines, and the price is that of us-east-1.`,
  iam: `Access by IAM. A token beside AWS's own part of it: STS is played by a server in this process that answers at once, table and
RDS by objects, so that what is left is dblease's work. The proxy is a process of its own, as people run it, and client,
proxy and server share two cores: on this machine a query takes some 40 microseconds, and the way through another process
is seen; a server that is a millisecond away hides it. A new connection's token is left out of the proxy's figure.`,
  rotation: `The four steps that Secrets Manager calls, in this process. Refused logins and the time in which AWSCURRENT is dead are
those of two clients that read the secret and log in all the time, in this process, too: what they see is never less.`,
  size: "What is deployed and installed. Import times are those of a fresh process.",
};

export function performancePage(rows: readonly Row[], machine: readonly string[]): string {
  const over = rows.filter(isOver);
  const verdict =
    over.length === 0
      ? `All ${rows.filter(({ bar }) => bar !== undefined).length} bars were kept.`
      : `Over their bar: ${over.map(({ engine, strategy, at }) => `${engine}, ${at}: ${strategy}`).join("; ")}.`;
  const sections = [...new Set(rows.map(({ bench }) => bench))].map(
    (bench) => `## ${bench}\n\n${about[bench] ?? ""}\n\n${table(rows.filter((row) => row.bench === bench))}`,
  );
  return `# Performance

This page is written by \`npm run bench -- --docs\`; do not edit it. \`npm run bench\` prints the same table,
\`npm run bench -- tables\` one part of it, \`-- --json\` the rows.

The figures come from a shared machine with two cores: only the ratios count, and each is one of medians within one
run on one server. A bar is the most that the design allows ([design](design.md), section 11); the bench never fails on
one, and no test is timed.

${machine.map((line) => `- ${line}`).join("\n")}

${verdict}

${sections.join("\n\n")}
`;
}

function table(rows: readonly Row[]): string {
  const [, ...names] = columns;
  const lines = [[...names], names.map(() => "---"), ...rows.map((row) => cellsOf(row).slice(1))];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
