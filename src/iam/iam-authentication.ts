/** IAM authentication of a database as RDS knows it, and the command that turns it on. */
import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  type RDSClient,
} from "@aws-sdk/client-rds";
import { mariadbWithIam } from "../engines/mysql/iam.ts";
import { DbleaseError } from "../errors.ts";
import type { DatabaseSnapshot } from "../grant.ts";

export interface IamAuthentication {
  enabled: boolean;
  /** RDS's word for what it does with the server now; `available` when it is done. */
  status: string;
  engineVersion: string;
  /** Absent for a cluster, whose instances have one each. */
  instanceClass?: string;
}

function unknown(database: DatabaseSnapshot, cause?: unknown): never {
  throw new DbleaseError("UNAVAILABLE", `RDS does not know the server of database ${database.id}`, {
    next: `name instance or cluster of databases.${database.id} in dblease.yaml`,
    cause,
  });
}

/** @throws UNAVAILABLE where RDS does not know the server. */
export async function readIamAuthentication(
  rds: RDSClient,
  database: DatabaseSnapshot,
): Promise<IamAuthentication> {
  if (database.cluster) {
    const found = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: database.cluster }));
    const it = found.DBClusters?.[0] ?? unknown(database);
    return {
      enabled: it.IAMDatabaseAuthenticationEnabled ?? false,
      status: it.Status ?? "unknown",
      engineVersion: it.EngineVersion ?? "",
    };
  }
  if (!database.instance) return unknown(database);
  const found = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: database.instance }));
  const it = found.DBInstances?.[0] ?? unknown(database);
  return {
    enabled: it.IAMDatabaseAuthenticationEnabled ?? false,
    status: it.DBInstanceStatus ?? "unknown",
    engineVersion: it.EngineVersion ?? "",
    ...(it.DBInstanceClass ? { instanceClass: it.DBInstanceClass } : {}),
  };
}

function assertSupported({ id, engine }: DatabaseSnapshot, { engineVersion }: IamAuthentication): void {
  const supported =
    engine === "mariadb" ? mariadbWithIam.test(engineVersion) : !/sqlserver|oracle/.test(engine);
  if (supported) return;
  throw new DbleaseError(
    "REFUSED",
    `RDS offers no IAM authentication for ${engine} ${engineVersion} (${id})`,
    {
      next: "use model: native for this database",
    },
  );
}

/**
 * Turns it on, at once; a second call changes nothing. On a cluster it holds for all its instances.
 * @throws REFUSED where RDS has none for this engine, UNAVAILABLE.
 */
export async function enableIamAuthentication(
  rds: RDSClient,
  database: DatabaseSnapshot,
): Promise<IamAuthentication> {
  const before = await readIamAuthentication(rds, database);
  assertSupported(database, before);
  if (before.enabled) return before;
  const wish = { EnableIAMDatabaseAuthentication: true, ApplyImmediately: true };
  if (database.cluster) {
    await rds.send(new ModifyDBClusterCommand({ DBClusterIdentifier: database.cluster, ...wish }));
  } else {
    await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: database.instance, ...wish }));
  }
  return readIamAuthentication(rds, database);
}
