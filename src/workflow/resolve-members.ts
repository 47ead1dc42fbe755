/**
 * Every server process that can hold a session of a database, as RDS knows them at this moment (dangers 4). The
 * host comes from here or from the configuration, never from the secret (dangers 29).
 */
import {
  type DBCluster,
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

/** @returns undefined where RDS has none of this name: another failure is no answer. */
async function findInstance(rds: RDSClient, identifier: string): Promise<DBInstance | undefined> {
  const found = await rds
    .send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }))
    .catch(unlessNamed("DBInstanceNotFound"));
  return found?.DBInstances?.[0];
}

async function findCluster(rds: RDSClient, identifier: string): Promise<DBCluster | undefined> {
  const found = await rds
    .send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }))
    .catch(unlessNamed("DBClusterNotFound"));
  return found?.DBClusters?.[0];
}

function unlessNamed(name: string): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof Error && error.name.startsWith(name))) throw error;
  };
}

async function instance(rds: RDSClient, identifier: string, database: DatabaseSnapshot): Promise<DBInstance> {
  return (await findInstance(rds, identifier)) ?? unknown(`instance ${identifier}`, database);
}

function member(it: DBInstance, database: DatabaseSnapshot): Member {
  const id = it.DBInstanceIdentifier;
  const host = it.Endpoint?.Address;
  const port = it.Endpoint?.Port;
  if (!id || !host || !port) return unknown(`endpoint of instance ${id ?? "?"}`, database);
  const iamEnabled = it.IAMDatabaseAuthenticationEnabled ?? false;
  return { id, host, port, iamEnabled, ...(it.DbiResourceId ? { resourceId: it.DbiResourceId } : {}) };
}

async function ofInstance(rds: RDSClient, writer: DBInstance, database: DatabaseSnapshot): Promise<Member[]> {
  const replicas = await Promise.all(
    (writer.ReadReplicaDBInstanceIdentifiers ?? []).map((id) => instance(rds, id, database)),
  );
  return [writer, ...replicas].map((it) => member(it, database));
}

async function ofCluster(rds: RDSClient, cluster: DBCluster, database: DatabaseSnapshot): Promise<Member[]> {
  const members = cluster.DBClusterMembers ?? [];
  // A cluster without instances still has its users: that nobody can read them is no proof that they are gone.
  if (members.length === 0) unknown(`members of cluster ${cluster.DBClusterIdentifier}`, database);
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
  const { Endpoint: host, Port: port } =
    (await findCluster(rds, database.cluster)) ?? unknown(`cluster ${database.cluster}`, database);
  return host && port ? { host, port } : unknown(`endpoint of cluster ${database.cluster}`, database);
}

/**
 * The members of what stands under a database's name, the writer first; none: nothing does, and RDS said so.
 * @throws UNAVAILABLE where RDS does not say where they are.
 */
export async function findMembers(rds: RDSClient, database: DatabaseSnapshot): Promise<Member[]> {
  if (database.instance) {
    const writer = await findInstance(rds, database.instance);
    return writer ? ofInstance(rds, writer, database) : [];
  }
  if (database.cluster) {
    const cluster = await findCluster(rds, database.cluster);
    return cluster ? ofCluster(rds, cluster, database) : [];
  }
  if (database.host && database.port) return [{ id: "writer", host: database.host, port: database.port }];
  return unknown("address", database);
}

/** As `findMembers`, of a database that must be there. @throws UNAVAILABLE where RDS does not know them. */
export async function resolveMembers(rds: RDSClient, database: DatabaseSnapshot): Promise<Member[]> {
  const members = await findMembers(rds, database);
  const name = database.instance ? `instance ${database.instance}` : `cluster ${database.cluster}`;
  return members.length > 0 ? members : unknown(name, database);
}

/** Whether an instance is one of a cluster's, or follows another server: then logins to that one's users are counted there. */
export async function sharesLogins(rds: RDSClient, { instance }: DatabaseSnapshot): Promise<boolean> {
  const found = instance === undefined ? undefined : await findInstance(rds, instance);
  return Boolean(found?.DBClusterIdentifier || found?.ReadReplicaSourceDBInstanceIdentifier);
}

/** RDS resource id of what stands under a database's name, by one call; undefined: nothing does. */
export async function findServerId(
  rds: RDSClient,
  { instance, cluster }: DatabaseSnapshot,
): Promise<string | undefined> {
  if (cluster) return (await findCluster(rds, cluster))?.DbClusterResourceId;
  return instance ? (await findInstance(rds, instance))?.DbiResourceId : undefined;
}

/**
 * The members of one very server, whatever its name is now: after a blue/green switch or a restore it goes on under
 * another one. None: it is gone, and RDS said so.
 */
export async function findMembersOf(
  rds: RDSClient,
  serverId: string,
  database: DatabaseSnapshot,
): Promise<Member[]> {
  const filter = (Name: string) => ({ Filters: [{ Name, Values: [serverId] }] });
  if (database.cluster) {
    const found = await rds.send(new DescribeDBClustersCommand(filter("db-cluster-resource-id")));
    const cluster = found.DBClusters?.find((it) => it.DbClusterResourceId === serverId);
    return cluster ? ofCluster(rds, cluster, database) : [];
  }
  const found = await rds.send(new DescribeDBInstancesCommand(filter("dbi-resource-id")));
  const writer = found.DBInstances?.find((it) => it.DbiResourceId === serverId);
  return writer ? ofInstance(rds, writer, database) : [];
}
