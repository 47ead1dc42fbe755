import { randomBytes } from "node:crypto";
import { CreateDBInstanceCommand, RDSClient } from "@aws-sdk/client-rds";
import type { AwsAccess } from "./aws-access.ts";
import type { FurtherEngine } from "./further-servers.ts";

/** Makes RDS's API describe a server of ours: endpoint, port, resource id. No password of the server goes in. */
export async function registerInstance(
  access: AwsAccess,
  instance: {
    id: string;
    engine: "postgres" | FurtherEngine;
    version: string;
    database: string;
    port: number;
    adminUsername: string;
    iam: boolean;
  },
): Promise<void> {
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
