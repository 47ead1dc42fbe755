/**
 * One database against the table: looks, compares, writes findings, and ends what is provably ours and should be
 * gone (dangers 13). On a server that nobody has accepted it only reports (dangers 26).
 */
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { RDSClient } from "@aws-sdk/client-rds";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type AdminFunctions, adminOrder, runAdminOrder } from "../admin-order.ts";
import { isOver } from "../audit/passing-findings.ts";
import type { Config } from "../config.ts";
import type { Check, LoginUser } from "../engines/engine.ts";
import { DbleaseError } from "../errors.ts";
import type { Finding, Observation } from "../finding.ts";
import type { DatabaseSnapshot, Engine, Grant, GrantId, Member } from "../grant.ts";
import { hasAdmin } from "../has-admin.ts";
import { type PersonPolicyFunction, tidyPolicies } from "../iam/person-policies.ts";
import { takesTokens } from "../iam/takes-tokens.ts";
import { markedGrant, mayEnd, reconcile, type Shown } from "../reconcile.ts";
import { rotationObservations } from "../rotation-age.ts";
import { databaseSnapshot } from "../snapshot.ts";
import { readConfigItem } from "../store/configs.ts";
import { acceptFirstServer, movedServer, noteReconciled } from "../store/databases.ts";
import { findGrant, openGrants } from "../store/find-grants.ts";
import { touchGrant } from "../store/grants.ts";
import { findRotations } from "../store/rotations.ts";
import type { Table } from "../store/table.ts";
import { recordFindings } from "./record-findings.ts";
import { resolveMembers } from "./resolve-members.ts";
import { checkProxy } from "./resolve-proxy.ts";
import { rotationSchedule } from "./rotation-schedule.ts";
import { revokeName } from "./start.ts";
import { stockUp } from "./stock-up.ts";
import { watchLogins } from "./watch-logins.ts";

export interface Reconciler {
  table: Table;
  rds: RDSClient;
  secrets: SecretsManagerClient;
  cloudwatch: CloudWatchClient;
  admin: AdminFunctions;
  personPolicies: PersonPolicyFunction;
  installation: string;
  /** Names of the functions that log in to databases, by engine. */
  loginFunctions: Readonly<Partial<Record<Engine, readonly string[]>>>;
  /** Has the engine's revoke function look at the user of a closed grant, and end it; does not wait for it. */
  lookAgain: (grant: Grant, holder: string) => Promise<void>;
  clock: () => Date;
}

interface Look {
  shown: Shown;
  members: readonly Member[];
  groupRoles: readonly string[];
  /** Why this is not the server that was accepted. */
  moved: string | undefined;
  /** Grants are by IAM, and RDS or its proxy takes no tokens. */
  closed: readonly Check[];
  /** Everybody who may log in; undefined: the engine does not tell. */
  logins: readonly LoginUser[] | undefined;
  config: Config;
}

/** @throws UNAVAILABLE and what else says that the database cannot be asked. */
async function look(parts: Reconciler, config: Config, database: string): Promise<Look> {
  const order = adminOrder(config, database, "list");
  const members = await resolveMembers(parts.rds, order.database);
  assertTakesTokens(order.database, members);
  await acceptFirstServer(parts.table, database, members, parts.clock());
  const { users, logins, checks } = await runAdminOrder(parts.admin, { ...order, members });
  if (!users) {
    const sentence = checks[0]?.sentence ?? "no answer";
    throw new DbleaseError("UNAVAILABLE", sentence, { next: `dblease doctor ${database}` });
  }
  const moved = await movedServer(parts.table, database, members);
  const proxy = await checkProxy(parts.rds, config, order.database);
  return {
    shown: { users, checks },
    members,
    groupRoles: order.groupRoles.map((it) => it.name),
    moved,
    closed: [...takesTokens(config, database, members), ...proxy].filter((it) => !it.ok),
    logins,
    config,
  };
}

/** Where the admin logs in by IAM, a lost setting locks dblease out, and everybody else. @throws UNAVAILABLE */
function assertTakesTokens({ id, adminUser }: DatabaseSnapshot, [writer]: readonly Member[]): void {
  if (adminUser === undefined || writer?.iamEnabled !== false) return;
  throw new DbleaseError("UNAVAILABLE", `IAM authentication of database ${id} is off: no token opens it`, {
    next: `dblease databases enable-iam ${id}`,
  });
}

/**
 * Policy mode: what stands on persons' roles beside the policies of grants; undefined: IAM did not say, which keeps nobody
 * from looking at the database.
 */
async function foreignPolicies(parts: Reconciler, database: string): Promise<Observation[] | undefined> {
  const { config } = await readConfigItem(parts.table);
  if (config.databases[database]?.mode !== "policy") return [];
  const foreign = await tidyPolicies(parts.personPolicies, Object.keys(config.persons)).catch(
    (error: unknown) => {
      console.error(
        JSON.stringify({ message: "policies of persons not looked at", database, error: String(error) }),
      );
    },
  );
  return foreign?.map(({ role, policy }) => ({
    kind: "foreign_policy",
    what: `${role}/${policy}`,
    sentence: `IAM role ${role} has a policy ${policy} that dblease did not write`,
    repair: `aws iam delete-role-policy --role-name ${role} --policy-name ${policy}`,
  }));
}

/** The grants of all users that are marked as ours and of all active users, read strongly and after the database. */
async function grantsOf(parts: Reconciler, database: string, { users }: Shown): Promise<Map<GrantId, Grant>> {
  const marked = users.flatMap((it) => markedGrant(it, parts.installation) ?? []);
  const active = (await openGrants(parts.table)).filter(
    (it) => it.status === "active" && it.database.id === database,
  );
  const grants = new Map<GrantId, Grant>();
  for (const id of new Set([...marked, ...active.map((it) => it.id)])) {
    const grant = await findGrant(parts.table, id);
    if (grant) grants.set(id, grant);
  }
  return grants;
}

/** The user of a closed grant goes the ordinary way, with a receipt of its own, on the servers of today. */
async function end(parts: Reconciler, grant: Grant, members: readonly Member[]): Promise<void> {
  const revokeNumber = grant.revokeNumber + 1;
  const claimed = await touchGrant(
    parts.table,
    grant.id,
    { revokeNumber, members },
    {
      expression: "#v = :v AND #r = :r",
      names: { "#v": "version", "#r": "revokeNumber" },
      values: { ":v": grant.version, ":r": grant.revokeNumber },
    },
  );
  if (claimed) await parts.lookAgain(grant, revokeName({ id: grant.id, revokeNumber }));
}

async function lookAtRotations(parts: Reconciler, database: string): Promise<Observation[]> {
  const all = await findRotations(parts.table);
  const its = all.filter((it) => it.database.id === database && it.removedAt === undefined);
  const found = its.map(async (it) =>
    rotationObservations(it, await rotationSchedule(parts.secrets, it.secret), parts.clock()),
  );
  return (await Promise.all(found)).flat();
}

/** There is nobody to look at the database; what is known of its rotations is in the table. Other findings stay. */
async function compareRotations(
  parts: Reconciler,
  database: string,
): Promise<{ findings: Finding[]; ended: GrantId[] }> {
  const observations = await lookAtRotations(parts, database);
  const findings = await recordFindings(parts, database, observations, (it) => it.kind === "old_password");
  return { findings, ended: [] };
}

async function compare(
  parts: Reconciler,
  database: string,
  { shown, members, groupRoles, moved, closed, logins, config }: Look,
): Promise<{ findings: Finding[]; ended: GrantId[] }> {
  const grants = await grantsOf(parts, database, shown);
  const foreign = await foreignPolicies(parts, database);
  const known = { database, installation: parts.installation, groupRoles, grants };
  const { stock, unexplained } = await stockUp(parts, config, database, logins);
  const engine = config.databases[database]?.engine;
  const functions = (engine && parts.loginFunctions[engine]) ?? [];
  const observations = [
    ...reconcile(shown, known),
    ...(foreign ?? []),
    ...unexplained,
    ...(await watchLogins(parts, { config, database, members, moved, stock, functions })),
    ...(await lookAtRotations(parts, database)),
    ...closed.map(({ id, sentence, repair }) =>
      unreachable(sentence, repair, id === "proxy" ? id : undefined),
    ),
  ];
  if (moved) {
    const repair = `dblease databases accept ${database}`;
    observations.unshift({ kind: "new_server", what: "server", sentence: moved, repair });
  }
  const findings = await recordFindings(parts, database, observations, (it) =>
    it.kind === "foreign_policy" && foreign === undefined ? false : isOver(it, parts.clock()),
  );
  const returned = findings.flatMap((it) => {
    const grant = grants.get(it.grantId ?? "");
    const user = shown.users.find(({ username }) => username === it.what);
    return !moved && grant && mayEnd(it, it.seen, user, grant) ? [grant] : [];
  });
  for (const grant of returned) await end(parts, grant, members);
  return { findings, ended: returned.map((it) => it.id) };
}

function unreachable(sentence: string, repair: string | undefined, what = "server"): Observation {
  return { kind: "unreachable", what, sentence, ...(repair ? { repair } : {}) };
}

/** A database that cannot be asked keeps its findings: nothing of them was looked at. */
async function reportUnreachable(parts: Reconciler, database: string, error: unknown): Promise<Finding[]> {
  if (!(error instanceof DbleaseError) || error.code === "NOT_FOUND") throw error;
  return recordFindings(parts, database, [unreachable(error.message, error.next)], () => false);
}

/**
 * @param run name of the execution, for those who wait for it.
 * @returns how many findings there are, and which grants' users are being ended. @throws NOT_FOUND
 */
export async function reconcileDatabase(
  parts: Reconciler,
  database: string,
  run: string,
): Promise<{ database: string; findings: number; ended: GrantId[] }> {
  const { config } = await readConfigItem(parts.table);
  const { findings, ended } = hasAdmin(databaseSnapshot(config, database))
    ? await look(parts, config, database).then(
        (looked) => compare(parts, database, looked),
        async (error: unknown) => ({ findings: await reportUnreachable(parts, database, error), ended: [] }),
      )
    : await compareRotations(parts, database);
  await noteReconciled(parts.table, database, run, parts.clock());
  return { database, findings: findings.length, ended };
}
