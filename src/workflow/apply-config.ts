/**
 * What a deploy does with the configuration: IAM user names become unique ids, a change that would strand a live
 * grant is refused (dangers 15), the rest becomes the next version in the table, and the databases are prepared.
 */
import { GetUserCommand, type IAMClient } from "@aws-sdk/client-iam";
import type { RDSClient } from "@aws-sdk/client-rds";
import { type AdminFunctions, adminOrder, runAdminOrder } from "../admin-order.ts";
import type { Config, DatabaseConfig } from "../config.ts";
import { assertSecretsAreHere, type Here, isStrandedBy } from "../deployable.ts";
import { DbleaseError } from "../errors.ts";
import { hasAdmin } from "../has-admin.ts";
import { findConfig, writeConfig } from "../store/configs.ts";
import { acceptFirstServer } from "../store/databases.ts";
import { openGrants } from "../store/find-grants.ts";
import type { Table } from "../store/table.ts";
import { applyRotations } from "./apply-rotations.ts";
import { resolveMembers } from "./resolve-members.ts";

interface Parts {
  table: Table;
  iam: IAMClient;
  rds: RDSClient;
  admin: AdminFunctions;
  here: Here;
  clock: () => Date;
}

/** A user name could be given to somebody else tomorrow; the unique id cannot. */
async function uniqueId(iam: IAMClient, person: string, principal: string): Promise<string> {
  if (!principal.startsWith("iam-user/")) return principal;
  const name = principal.slice("iam-user/".length);
  const found = await iam.send(new GetUserCommand({ UserName: name })).catch(() => undefined);
  if (found?.User?.UserId) return found.User.UserId;
  throw new DbleaseError(
    "BAD_CONFIGURATION",
    `persons.${person} names IAM user ${name}, which this account does not have`,
    {
      next: "create the user or take it out of dblease.yaml, then deploy again",
    },
  );
}

async function resolvePersons(iam: IAMClient, config: Config): Promise<Config> {
  const persons: Config["persons"] = {};
  for (const [person, principals] of Object.entries(config.persons)) {
    persons[person] = await Promise.all(principals.map((it) => uniqueId(iam, person, it)));
  }
  return { ...config, persons };
}

/** @param config that would be in force; undefined: none, the stack is to go. */
async function assertNoneStranded(table: Table, config: Config | undefined): Promise<void> {
  const stranded = (await openGrants(table)).filter((it) => isStrandedBy(config, it));
  if (stranded.length === 0) return;
  const list = stranded.map((it) => `${it.id} (${it.database.id}, ${it.status})`).join(", ");
  const why = config
    ? "these grants still need databases or admin secrets that the deploy would remove"
    : "nobody would end these grants any more";
  throw new DbleaseError("LIVE_GRANTS", `${why}: ${list}`, {
    next: "dblease revoke <id>, wait until the second look five minutes later is done, then try again",
  });
}

function withAdmin({ databases }: Config): [id: string, database: DatabaseConfig][] {
  return Object.entries(databases).filter(([, it]) => hasAdmin(it));
}

/** Functions without a way to the table or to the admin secret could neither grant nor revoke anything. */
async function assertAwsReached(parts: Parts, config: Config): Promise<void> {
  // All functions of an engine stand in the same subnets, so one database of a kind stands for the others.
  const ofKind = new Map(
    withAdmin(config).map(([id, it]) => [`${it.engine} ${it.adminSecret !== undefined}`, id]),
  );
  for (const id of ofKind.values()) {
    const { checks } = await runAdminOrder(parts.admin, { ...adminOrder(config, id, "reach"), members: [] });
    if (checks.length === 0) continue;
    throw new DbleaseError("BAD_CONFIGURATION", checks.map((it) => it.sentence).join("; "), {
      next: checks.map((it) => it.repair).join("; "),
    });
  }
}

/** A database that is down must not fail the deploy; doctor says what is missing. */
async function prepare(parts: Parts, config: Config, id: string): Promise<string> {
  try {
    const order = adminOrder(config, id, "prepare");
    const members = await resolveMembers(parts.rds, order.database);
    await acceptFirstServer(parts.table, id, members, parts.clock());
    const { checks } = await runAdminOrder(parts.admin, { ...order, members });
    const failed = checks.filter((it) => !it.ok);
    return failed.length === 0 ? "prepared" : failed.map((it) => it.sentence).join("; ");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * @param request what CloudFormation wants; `Delete` only checks that nothing is alive.
 * @returns the version in force and, per database with an admin, `prepared` or what is wrong.
 * @throws BAD_CONFIGURATION, LIVE_GRANTS: the deploy fails and the configuration in force stays.
 */
export async function applyConfig(
  parts: Parts,
  request: "Create" | "Update" | "Delete",
  config: Config,
): Promise<{ version: number; databases: Record<string, string> }> {
  const current = await findConfig(parts.table);
  if (request === "Delete") {
    await assertNoneStranded(parts.table, undefined);
    return { version: current?.version ?? 0, databases: {} };
  }
  assertSecretsAreHere(config, parts.here);
  await assertNoneStranded(parts.table, config);
  if (config.network) await assertAwsReached(parts, config);
  const resolved = await resolvePersons(parts.iam, config);
  await applyRotations(parts, resolved);
  const unchanged = current && JSON.stringify(current.config) === JSON.stringify(resolved);
  const version = unchanged
    ? current.version
    : await writeConfig(parts.table, resolved, current?.version ?? 0);
  const databases: Record<string, string> = {};
  for (const [id] of withAdmin(resolved)) databases[id] = await prepare(parts, resolved, id);
  console.log(JSON.stringify({ message: "configuration applied", version, databases }));
  return { version, databases };
}
