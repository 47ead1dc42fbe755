import { randomBytes } from "node:crypto";
import { CreateDBInstanceCommand, RDSClient } from "@aws-sdk/client-rds";
import type { AwsAccess } from "./aws-access.ts";

/** A server as RDS describes it. */
export interface Instance {
  id: string;
  /** RDS's name of it, such as `sqlserver-ex`. */
  engine: string;
  version: string;
  database: string;
  port: number;
  adminUsername: string;
  iam: boolean;
}

/** Makes RDS's API describe a server of ours: endpoint, port, resource id. No password of the server goes in. */
export async function registerInstance(access: AwsAccess, instance: Instance): Promise<void> {
  await new RDSClient(access).send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: instance.id,
      DBName: instance.database,
      Port: instance.port,
      MasterUsername: instance.adminUsername,
      MasterUserPassword: randomBytes(16).toString("hex"),
      Engine: instance.engine,
      EngineVersion: instance.version,
      DBInstanceClass: "db.t4g.micro",
      AllocatedStorage: 20,
      EnableIAMDatabaseAuthentication: instance.iam,
    }),
  );
}
