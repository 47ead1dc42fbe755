import { Duration, Stack } from "aws-cdk-lib";
import { ArnPrincipal, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { DatabaseConfig } from "../../src/config.ts";
import { isProxyId } from "../../src/proxy-id.ts";
import { acknowledgeStar } from "./acknowledge.ts";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import type { EngineFunctions } from "./engine-functions.ts";

/** What RDS asks IAM for when this database user logs in by a token. */
function dbuserArn(scope: Construct, resourceId: string, username: string): string {
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:rds-db:${region}:${account}:dbuser:${resourceId}/${username}`;
}

/** Logins of the temporary users of all grants, on all servers and proxies that are listed. */
export function temporaryUserArns(
  scope: Construct,
  databases: readonly Pick<DatabaseConfig, "resourceIds">[],
): string[] {
  return databases.flatMap((it) => it.resourceIds.map((id) => dbuserArn(scope, id, "jit_*")));
}

/** Logins of the admins who have no password, on all servers that are listed for their databases; no proxy. */
export function iamAdminArns(
  scope: Construct,
  databases: readonly Pick<DatabaseConfig, "adminUser" | "resourceIds">[],
): string[] {
  return databases.flatMap(({ adminUser, resourceIds }) =>
    adminUser === undefined
      ? []
      : resourceIds.filter((it) => !isProxyId(it)).map((it) => dbuserArn(scope, it, adminUser)),
  );
}

/**
 * Logins by IAM: the one connect role, the broker that alone may assume it, and the engine functions' own logins. It
 * stands only where tokens are signed for a database.
 */
export class IamAccess extends Construct {
  readonly broker: DbleaseFunction;
  readonly connectRole: Role;

  constructor(
    scope: Construct,
    id: string,
    installation: Installation,
    engines: readonly EngineFunctions[],
    databases: readonly DatabaseConfig[],
  ) {
    super(scope, id);
    const { store } = installation;
    this.broker = new DbleaseFunction(this, "Broker", installation, {
      file: "broker",
      timeoutSeconds: 20,
      environment: { ACCOUNT: Stack.of(this).account },
    });
    store.grantRead(this.broker);
    store.grantAskFrozen(this.broker);
    // A transaction that adds a record looks at the grant and at what is frozen, too (grants-table.ts).
    store.grantPut(this.broker, ["grant#*", "event#*", "freeze"]);
    store.grantUpdate(this.broker, ["grant#*"]);
    this.broker.allowFindTraits();
    this.broker.allowDescribe();
    this.broker.allowFindProxy();
    this.connectRole = this.makeConnectRole(temporaryUserArns(this, databases));
    this.broker.allow(["sts:AssumeRole", "sts:SetSourceIdentity"], [this.connectRole.roleArn]);
    this.broker.addEnvironment("CONNECT_ROLE", this.connectRole.roleArn);
    for (const { engine, grant, revoke, admin } of engines) {
      const ofEngine = databases.filter((it) => it.engine === engine);
      const own = iamAdminArns(this, ofEngine);
      for (const it of [grant, revoke, admin]) {
        if (own.length > 0) it.allow(["rds-db:connect"], own);
      }
    }
  }

  /** Opens temporary users of the listed servers and nothing else; each session is narrowed to one of them. */
  private makeConnectRole(temporary: string[]): Role {
    const role = new Role(this, "ConnectRole", {
      description:
        "dblease: logs in as temporary database users; assumed by the broker alone, for one grant at a time",
      maxSessionDuration: Duration.hours(1),
      assumedBy: new ArnPrincipal(this.broker.role.roleArn).withConditions({
        StringLike: { "sts:RoleSessionName": "????????????" },
      }),
    });
    role.assumeRolePolicy?.addStatements(
      new PolicyStatement({
        principals: [new ArnPrincipal(this.broker.role.roleArn)],
        actions: ["sts:SetSourceIdentity"],
        conditions: { StringLike: { "sts:SourceIdentity": "*" } },
      }),
    );
    role.addToPolicy(new PolicyStatement({ actions: ["rds-db:connect"], resources: temporary }));
    for (const it of temporary) {
      acknowledgeStar(role, it, "The users of all grants; a session is narrowed to the one of its grant.");
    }
    return role;
  }
}
