/** GET /inventory: every database with who may log in to it, and how open it is. */
import { type DBInstance, paginateDescribeDBInstances, type RDSClient } from "@aws-sdk/client-rds";
import type { DatabaseConfig } from "../config.ts";
import { DbleaseError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import type { Grant } from "../grant.ts";
import type { Rotation } from "../rotation.ts";
import { passwordSince } from "../rotation-age.ts";
import type { StockedUser } from "../stock.ts";
import { openGrants } from "../store/find-grants.ts";
import { findFindings } from "../store/findings.ts";
import { findRotations } from "../store/rotations.ts";
import { findStock } from "../store/stocks.ts";
import type { InventoryDatabaseView, InventoryUserView, InventoryView } from "../views.ts";
import { type Call, isAdmin, isAuditor } from "./api.ts";
import type { ApiParts } from "./routes.ts";

/** All instances that RDS has in this region. */
async function instances(client: RDSClient): Promise<DBInstance[]> {
  const found: DBInstance[] = [];
  for await (const page of paginateDescribeDBInstances({ client }, {}))
    found.push(...(page.DBInstances ?? []));
  return found;
}

/** The instances of one database: several where it is a cluster, none where RDS does not know it. */
function ofDatabase(all: readonly DBInstance[], { instance, cluster }: DatabaseConfig): DBInstance[] {
  return all.filter((it) =>
    cluster === undefined ? it.DBInstanceIdentifier === instance : it.DBClusterIdentifier === cluster,
  );
}

function ownerOf(config: DatabaseConfig, [first]: readonly DBInstance[]): string | undefined {
  return config.tags.owner ?? first?.TagList?.find((it) => it.Key?.toLowerCase() === "owner")?.Value;
}

/** By what more people than need be could come to it. */
function exposure(config: DatabaseConfig, found: readonly DBInstance[]): string[] {
  return [
    ...(found.some((it) => it.PubliclyAccessible) ? ["has a public address"] : []),
    ...(found.some((it) => it.StorageEncrypted === false) ? ["storage is not encrypted"] : []),
    ...(config.tls === "off" ? ["plain text is allowed"] : []),
    ...(config.model === "native" && found.some((it) => it.IAMDatabaseAuthenticationEnabled)
      ? ["takes IAM logins, which no grant here needs"]
      : []),
  ];
}

function userView(user: StockedUser, rotations: readonly Rotation[]): InventoryUserView {
  const rotation = user.reason === "rotation" ? rotations.find((it) => it.id === user.because) : undefined;
  if (!rotation) return user;
  return { ...user, passwordSince: passwordSince(rotation), rotation: rotation.status };
}

interface Known {
  instances: readonly DBInstance[];
  rotations: readonly Rotation[];
  grants: readonly Grant[];
  findings: readonly Finding[];
}

async function databaseView(
  api: ApiParts,
  id: string,
  config: DatabaseConfig,
  known: Known,
): Promise<InventoryDatabaseView> {
  const stock = await findStock(api.table, id);
  const found = ofDatabase(known.instances, config);
  const owner = ownerOf(config, found);
  const version = found[0]?.EngineVersion;
  return {
    id,
    engine: config.engine,
    ...(version ? { version } : {}),
    model: config.model,
    ...(owner ? { owner } : {}),
    server: config.cluster ?? config.instance ?? `${config.host}:${config.port}`,
    exposure: exposure(config, found),
    roles: config.roles,
    openGrants: known.grants.filter((it) => it.database.id === id && it.status === "active").length,
    findings: known.findings.filter((it) => it.database === id && it.closedAt === undefined).length,
    ...(stock
      ? {
          lookedAt: stock.at,
          users: stock.users.map((it) => userView(it, known.rotations)),
          more: stock.more,
        }
      : {}),
  };
}

/** @throws NOT_ALLOWED */
export async function takeInventory(api: ApiParts, call: Call): Promise<InventoryView> {
  if (!isAdmin(call) && !isAuditor(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only administrators and auditors see the inventory", {
      next: "dblease databases shows what you may ask for",
    });
  }
  const known: Known = {
    instances: await instances(api.rds),
    rotations: await findRotations(api.table),
    grants: await openGrants(api.table),
    findings: await findFindings(api.table),
  };
  const { databases } = call.stored.config;
  const views = Object.entries(databases).map(([id, config]) => databaseView(api, id, config, known));
  return { databases: await Promise.all(views) };
}
