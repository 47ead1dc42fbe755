import { Annotations, CustomResource, Duration, Fn, Stack } from "aws-cdk-lib";
import { SecurityGroup, Subnet, Vpc } from "aws-cdk-lib/aws-ec2";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction, SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Config } from "../src/config.ts";
import { DbleaseFunction, type DbleaseFunctionProps, type Network } from "./constructs/dblease-function.ts";
import { EventIntake } from "./constructs/event-intake.ts";
import { EventOutlet } from "./constructs/event-outlet.ts";
import { GrantsTable } from "./constructs/grants-table.ts";
import { HttpEndpoint } from "./constructs/http-endpoint.ts";
import { ServiceSecrets } from "./constructs/service-secrets.ts";
import { Workflow } from "./constructs/workflow.ts";

export interface DbleaseProps {
  config: Config;
  /** Folder of the bundle of one function, by the function's file name. */
  bundleOf: (name: string) => string;
}

function allow(to: IGrantable, actions: string[], resources: string[]): void {
  to.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
}

/** Just-in-time access for the databases of one configuration, in one account and region. */
export class Dblease extends Construct {
  constructor(scope: Construct, id: string, props: DbleaseProps) {
    super(scope, id);
    const network = this.network(props.config);
    const store = new GrantsTable(this, "Grants");
    // The stack's own id: a second installation never takes our users for its own (dangers 13).
    const installation = Fn.select(2, Fn.split("/", Stack.of(this).stackId));
    const base = { TABLE: store.table.tableName, INSTALLATION: installation };
    const make = (
      name: string,
      file: string,
      more: Omit<DbleaseFunctionProps, "bundle" | "environment">,
      env = {},
    ) => {
      const made = new DbleaseFunction(this, name, {
        ...more,
        bundle: props.bundleOf(file),
        environment: { ...base, ...env },
      });
      return made;
    };

    const beginGrant = make("BeginGrant", "begin-grant", { timeoutSeconds: 20 });
    const beginRevoke = make("BeginRevoke", "begin-revoke", { timeoutSeconds: 20, reservedConcurrency: 5 });
    const settle = make("Settle", "settle", { timeoutSeconds: 20, reservedConcurrency: 2 });
    // Time-outs: see grant.asl.json and revoke.asl.json; revokers never wait for requesters (dangers 25).
    const postgresGrant = make("PostgresGrant", "postgres-grant", { timeoutSeconds: 20, network });
    const postgresRevoke = make("PostgresRevoke", "postgres-revoke", {
      timeoutSeconds: 60,
      reservedConcurrency: 5,
      network,
    });
    const postgresAdmin = make("PostgresAdmin", "postgres-admin", { timeoutSeconds: 60, network });

    const revokeMachine = new Workflow(this, "RevokeMachine", "revoke.asl.json", {
      BeginRevoke: beginRevoke.functionArn,
      PostgresRevoke: postgresRevoke.functionArn,
      Settle: settle.functionArn,
    });
    const grantMachine = new Workflow(this, "GrantMachine", "grant.asl.json", {
      Table: store.table.tableName,
      BeginGrant: beginGrant.functionArn,
      PostgresGrant: postgresGrant.functionArn,
      Settle: settle.functionArn,
      RevokeMachine: revokeMachine.stateMachineArn,
    });
    for (const it of [beginRevoke, postgresRevoke, settle]) it.grantInvoke(revokeMachine);
    for (const it of [beginGrant, postgresGrant, settle]) it.grantInvoke(grantMachine);
    revokeMachine.grantStartExecution(grantMachine);
    store.grantRead(grantMachine);
    store.grantChange(grantMachine);

    const reconcile = make(
      "Reconcile",
      "reconcile",
      { timeoutSeconds: 110 },
      { POSTGRES_ADMIN: postgresAdmin.functionName, POSTGRES_REVOKE: postgresRevoke.functionName },
    );
    const reconcileMachine = new Workflow(this, "ReconcileMachine", "reconcile.asl.json", {
      Table: store.table.tableName,
      Reconcile: reconcile.functionArn,
    });
    reconcile.grantInvoke(reconcileMachine);
    store.grantRead(reconcileMachine);
    for (const it of [postgresAdmin, postgresRevoke]) it.grantInvoke(reconcile);

    const machines = {
      GRANT_MACHINE: grantMachine.stateMachineArn,
      REVOKE_MACHINE: revokeMachine.stateMachineArn,
    };
    const sweep = make(
      "Sweep",
      "sweep",
      { timeoutSeconds: 50, reservedConcurrency: 2 },
      { ...machines, POSTGRES_REVOKE: postgresRevoke.functionName },
    );
    postgresRevoke.grantInvoke(sweep);
    const api = make(
      "ApiFunction",
      "api",
      { timeoutSeconds: 29, memoryMb: 512 },
      {
        ...machines,
        RECONCILE_MACHINE: reconcileMachine.stateMachineArn,
        ACCOUNT: Stack.of(this).account,
        POSTGRES_ADMIN: postgresAdmin.functionName,
      },
    );
    const outlet = new EventOutlet(this, "Events");
    const publish = make("Publish", "publish", { timeoutSeconds: 30 }, { BUS: outlet.bus.eventBusName });
    const notify = make(
      "Notify",
      "notify",
      { timeoutSeconds: 30 },
      { APPROVERS_TOPIC: outlet.approvers.topicArn, OPERATORS_TOPIC: outlet.operators.topicArn },
    );
    const configure = make(
      "Configure",
      "configure",
      { timeoutSeconds: 300 },
      { POSTGRES_ADMIN: postgresAdmin.functionName },
    );

    reconcileMachine.grantStartExecution(api);
    store.grantRead(reconcile);
    store.grantQuery(reconcile);
    store.grantQueryKeys(reconcile, ["finding"]);
    store.grantChange(reconcile, ["finding", "database"]);
    for (const it of [beginRevoke, settle, postgresGrant, postgresRevoke, sweep]) {
      store.grantRead(it);
      store.grantChange(it);
    }
    for (const it of [beginGrant, api]) {
      store.grantRead(it);
      store.grantAskFrozen(it);
    }
    store.grantChange(beginGrant, ["freeze"]);
    store.grantChange(api, ["idempotency#*", "freeze", "finding", "database", "draft"]);
    store.grantQueryKeys(api, ["finding", "database", "draft"]);
    for (const it of [sweep, api]) {
      store.grantQuery(it);
      revokeMachine.grantStartExecution(it);
      grantMachine.grantStartExecution(it);
      // A token names its task by itself; the emulator, like AWS's reference, knows no narrower resource. A
      // wake-up has no authority: after it the row is read again.
      allow(it, ["states:SendTaskSuccess"], ["*"]);
    }
    store.grantRead(configure);
    store.grantQuery(configure);
    store.grantPut(configure, ["config"]);
    store.grantUpdate(configure, ["database"]);
    for (const it of [beginGrant, beginRevoke, api, configure, reconcile]) {
      // Describe calls know no narrower resource that also covers replicas made later.
      allow(it, ["rds:DescribeDBInstances", "rds:DescribeDBClusters"], ["*"]);
    }
    const iam = `arn:${Stack.of(this).partition}:iam::${Stack.of(this).account}`;
    for (const it of [api, beginGrant]) {
      // Names of roles, and the groups and tags that rules may ask for.
      allow(it, ["iam:GetRole"], [`${iam}:role/*`]);
      allow(it, ["iam:GetUser", "iam:ListGroupsForUser"], [`${iam}:user/*`]);
    }
    allow(configure, ["iam:GetUser"], [`${iam}:user/*`]);
    for (const it of [api, configure]) postgresAdmin.grantInvoke(it);
    const secrets = this.adminSecrets(props.config);
    for (const it of [postgresGrant, postgresRevoke, postgresAdmin]) {
      if (secrets.length > 0) allow(it, ["secretsmanager:GetSecretValue"], secrets);
    }
    outlet.bus.grantPutEventsTo(publish);
    for (const it of [outlet.approvers, outlet.operators]) it.grantPublish(notify);
    for (const it of [publish, notify]) outlet.feed(it, store.table);
    new Rule(this, "SweepRule", {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(sweep, { retryAttempts: 0 })],
    });
    new Rule(this, "ReconcileRule", {
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new SfnStateMachine(reconcileMachine)],
    });
    const services = Object.values(props.config.services).map((it) => it.role);
    const serviceSecrets = new ServiceSecrets(this, "ServiceSecrets", services);
    serviceSecrets.grantKeep(postgresGrant);
    serviceSecrets.grantRemove(postgresRevoke);
    if (props.config.events.length > 0) {
      const intake = new EventIntake(this, "Intake");
      const takeIn = make(
        "TakeIn",
        "intake",
        { timeoutSeconds: 30 },
        { ...machines, REFUSED_QUEUE: intake.refused.queueUrl },
      );
      const sources = props.config.events.map((it) => it.source);
      intake.feed(takeIn, sources, outlet.operators);
      store.grantRead(takeIn);
      store.grantQuery(takeIn);
      store.grantAskFrozen(takeIn);
      store.grantPut(takeIn, ["grant#*", "event#*", "idempotency#*", "draft"]);
      grantMachine.grantStartExecution(takeIn);
    }
    new HttpEndpoint(this, "Endpoint", api);
    const applied = new CustomResource(this, "Configuration", {
      serviceToken: configure.functionArn,
      resourceType: "Custom::DbleaseConfiguration",
      properties: { config: JSON.stringify(props.config) },
    });
    // The configuration is applied when everything that applies it may do what it must.
    applied.node.addDependency(configure, postgresAdmin, store);
  }

  /** Secrets that engine functions may read. The deploy refuses `env:`, which only the local stack resolves. */
  private adminSecrets(config: Config): string[] {
    const named = [...new Set(Object.values(config.databases).map((it) => it.adminSecret))];
    const arns = named.filter((it) => it.startsWith("arn:"));
    if (arns.length < named.length) {
      Annotations.of(this).addWarningV2("dblease:env", "adminSecret: env:NAME works only with npm run local");
    }
    return arns;
  }

  private network({ network }: Config): Network | undefined {
    if (!network) return undefined;
    return {
      vpc: Vpc.fromVpcAttributes(this, "Vpc", {
        vpcId: network.vpc,
        availabilityZones: network.availabilityZones,
      }),
      subnets: network.subnets.map((it) => Subnet.fromSubnetId(this, it, it)),
      securityGroups: network.securityGroups.map((it) => SecurityGroup.fromSecurityGroupId(this, it, it)),
    };
  }
}
