/**
 * Every server process that can hold a session of a database, as RDS knows them at this moment (dangers 4). The
 * host comes from here or from the configuration, never from the secret (dangers 29).
 */
import {
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  type RDSClient,
} from "@aws-sdk/client-rds";
import { DbleaseError } from "../errors.ts";
import type { DatabaseSnapshot, Member } from "../grant.ts";

function unknown(what: string, database: DatabaseSnapshot, cause?: unknown): never {
  throw new DbleaseError("UNAVAILABLE", `RDS does not know the ${what} of database ${database.id}`, {
    next: `check instance or cluster of databases.${database.id} in dblease.yaml, and that it is in this region`,
    cause,
  });
}

async function instance(rds: RDSClient, identifier: string, database: DatabaseSnapshot): Promise<DBInstance> {
  const found = await rds
    .send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }))
    .catch((error: unknown) => {
      if (error instanceof Error && error.name.startsWith("DBInstanceNotFound"))
        unknown(`instance ${identifier}`, database, error);
      throw error;
    });
  return found.DBInstances?.[0] ?? unknown(`instance ${identifier}`, database);
}

function member(it: DBInstance, database: DatabaseSnapshot): Member {
  const id = it.DBInstanceIdentifier;
  const host = it.Endpoint?.Address;
  const port = it.Endpoint?.Port;
  if (!id || !host || !port) return unknown(`endpoint of instance ${id ?? "?"}`, database);
  const iamEnabled = it.IAMDatabaseAuthenticationEnabled ?? false;
  return { id, host, port, iamEnabled, ...(it.DbiResourceId ? { resourceId: it.DbiResourceId } : {}) };
}

async function ofInstance(rds: RDSClient, identifier: string, database: DatabaseSnapshot): Promise<Member[]> {
  const writer = await instance(rds, identifier, database);
  const replicas = await Promise.all(
    (writer.ReadReplicaDBInstanceIdentifiers ?? []).map((id) => instance(rds, id, database)),
  );
  return [writer, ...replicas].map((it) => member(it, database));
}

async function ofCluster(rds: RDSClient, identifier: string, database: DatabaseSnapshot): Promise<Member[]> {
  const found = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }));
  const cluster = found.DBClusters?.[0] ?? unknown(`cluster ${identifier}`, database);
  const members = cluster.DBClusterMembers ?? unknown(`cluster ${identifier}`, database);
  // Users, IAM's setting and its resource id belong to the cluster; the instances behind it come and go.
  const ofAll = {
    iamEnabled: cluster.IAMDatabaseAuthenticationEnabled ?? false,
    ...(cluster.DbClusterResourceId ? { resourceId: cluster.DbClusterResourceId } : {}),
  };
  const writersFirst = [...members].sort((a, b) => Number(b.IsClusterWriter) - Number(a.IsClusterWriter));
  return Promise.all(
    writersFirst.map(async (it) => ({
      ...member(await instance(rds, it.DBInstanceIdentifier ?? "", database), database),
      ...ofAll,
    })),
  );
}

/**
 * Where the writer of a database is found for months: a cluster's own endpoint, which follows its writer.
 * @throws UNAVAILABLE where RDS does not know it.
 */
export async function resolveWriter(
  rds: RDSClient,
  database: DatabaseSnapshot,
): Promise<{ host: string; port: number }> {
  if (!database.cluster) {
    const [{ host, port } = unknown("address", database)] = await resolveMembers(rds, database);
    return { host, port };
  }
  const found = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: database.cluster }));
  const { Endpoint: host, Port: port } = found.DBClusters?.[0] ?? unknown("cluster", database);
  return host && port ? { host, port } : unknown(`endpoint of cluster ${database.cluster}`, database);
}

/** The members of a database, the writer first. @throws UNAVAILABLE where RDS does not know them. */
export async function resolveMembers(rds: RDSClient, database: DatabaseSnapshot): Promise<Member[]> {
  if (database.instance) return ofInstance(rds, database.instance, database);
  if (database.cluster) return ofCluster(rds, database.cluster, database);
  if (database.host && database.port) return [{ id: "writer", host: database.host, port: database.port }];
  return unknown("address", database);
}
