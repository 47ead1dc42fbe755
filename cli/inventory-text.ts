import type { InventoryDatabaseView, InventoryUserView } from "../src/views.ts";
import type { CsvRow } from "./csv-text.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";
import type { Output } from "./terminal.ts";
import { clockTime, timeText } from "./time-text.ts";

function age(since: string, now: Date): string {
  return timeText(now.getTime() - Date.parse(since));
}

function reasonText({ reason, because }: InventoryUserView): string {
  return because === undefined ? reason : `${reason}: ${printable(because)}`;
}

function loginText(user: InventoryUserView): string {
  if (user.byIam) return "IAM token";
  return user.rotation === undefined ? "password" : `password, rotation ${user.rotation}`;
}

function userRow(user: InventoryUserView, output: Output, now: Date): string[] {
  const reason = reasonText(user);
  return [
    `  ${printable(user.username)}`,
    user.reason === "unexplained" ? output.style("red", reason) : reason,
    loginText(user),
    user.passwordSince ? age(user.passwordSince, now) : "not known",
    age(user.firstSeenAt, now),
    user.powers.length > 0 ? printable(user.powers.slice(0, 4).join(", ")) : "-",
  ];
}

/** One database: what it is, how open it is, and everybody who may log in. */
export function inventoryText(it: InventoryDatabaseView, output: Output, now: Date): string {
  const facts: [string, string][] = [
    ["  engine", it.version ? `${it.engine} ${it.version}` : it.engine],
    ["  server", it.server],
    ["  model", it.model],
    [
      "  owner",
      it.owner ? printable(it.owner) : "nobody named: tags.owner in dblease.yaml, or a tag Owner in RDS",
    ],
    ["  exposure", it.exposure.length > 0 ? it.exposure.join("; ") : "nothing noticed"],
    ["  grants", `${it.openGrants} active`],
    ["  findings", `${it.findings} open`],
  ];
  const head = `${output.style("bold", it.id)}\n${table(facts)}`;
  if (!it.users)
    return `${head}\n  users: not looked at yet, or this engine does not tell; dblease reconcile`;
  const heading = ["  USER", "WHY", "LOGS IN BY", "PASSWORD AGE", "KNOWN FOR", "MAY MORE"];
  const rows = it.users.map((user) => userRow(user, output, now));
  const more = it.more ? `\n  and ${it.more} more users` : "";
  const looked = it.lookedAt ? `\n  as of ${clockTime(it.lookedAt, now)}` : "";
  return `${head}\n${table([heading.map((word) => output.style("dim", word)), ...rows])}${more}${looked}`;
}

/** One row a user; a database of whose users nothing is known is one row, too. */
export function inventoryRows(it: InventoryDatabaseView): CsvRow[] {
  const database = {
    database: it.id,
    engine: it.engine,
    version: it.version,
    server: it.server,
    model: it.model,
    owner: it.owner,
    exposure: it.exposure.join("; "),
    lookedAt: it.lookedAt,
  };
  const row = (user: Partial<InventoryUserView>) => ({
    ...database,
    user: user.username,
    why: user.reason,
    because: user.because,
    login: user.byIam === undefined ? undefined : user.byIam ? "iam" : "password",
    passwordSince: user.passwordSince,
    rotation: user.rotation,
    firstSeenAt: user.firstSeenAt,
    powers: user.powers?.join("; "),
    sessions: user.sessions?.toString(),
    addresses: user.addresses?.toString(),
  });
  return it.users && it.users.length > 0 ? it.users.map(row) : [row({})];
}
