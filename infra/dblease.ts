import { Annotations, CfnOutput, Duration, Fn, Stack } from "aws-cdk-lib";
import { ManagedPolicy, PermissionsBoundary } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Config, DatabaseConfig } from "../src/config.ts";
import { DbleaseError } from "../src/errors.ts";
import { hasAdmin } from "../src/has-admin.ts";
import { Api } from "./constructs/api.ts";
import { AuditArchive } from "./constructs/audit-archive.ts";
import { Backfill } from "./constructs/backfill.ts";
import { Collector } from "./constructs/collector.ts";
import { Configuration } from "./constructs/configuration.ts";
import { DbleaseDashboard } from "./constructs/dashboard.ts";
import type { Installation } from "./constructs/dblease-function.ts";
import { DeadLetters } from "./constructs/dead-letters.ts";
import { encryptionKey } from "./constructs/encryption-key.ts";
import { EngineFunctions } from "./constructs/engine-functions.ts";
import { EventIntake } from "./constructs/event-intake.ts";
import { EventOutlet } from "./constructs/event-outlet.ts";
import { FleetRotation } from "./constructs/fleet-rotation.ts";
import { GrantWorkflows } from "./constructs/grant-workflows.ts";
import { GrantsTable } from "./constructs/grants-table.ts";
import { IamAccess } from "./constructs/iam-access.ts";
import { LogCollector } from "./constructs/log-collector.ts";
import { Network } from "./constructs/network.ts";
import { Operators } from "./constructs/operators.ts";
import { PersonRoles } from "./constructs/person-roles.ts";
import { PolicyScan } from "./constructs/policy-scan.ts";
import { Reconciler } from "./constructs/reconciler.ts";
import { RotationFunctions } from "./constructs/rotation-functions.ts";
import { ServiceSecrets } from "./constructs/service-secrets.ts";
import { SessionSampler } from "./constructs/session-sampler.ts";
import { Sweeper } from "./constructs/sweeper.ts";
import { UserWatch } from "./constructs/user-watch.ts";
import { isFound } from "./named-network.ts";

export interface DbleaseProps {
  config: Config;
  /** The folder that holds `functions/<name>/`, the bundles, and `state-machines/`. */
  assets: string;
}

/** Just-in-time access for the databases of one configuration, in one account and region. */
export class Dblease extends Construct {
  constructor(scope: Construct, id: string, { config, assets }: DbleaseProps) {
    super(scope, id);
    const { permissionsBoundary, key: wantedKey } = config.deployment ?? {};
    if (permissionsBoundary) {
      const boundary = ManagedPolicy.fromManagedPolicyArn(this, "Boundary", permissionsBoundary);
      PermissionsBoundary.of(this).apply(boundary);
    }
    const key = encryptionKey(this, wantedKey);
    const installation: Installation = {
      // The stack's own id.
      id: Fn.select(2, Fn.split("/", Stack.of(this).stackId)),
      store: new GrantsTable(this, "Grants", key),
      operators: new Operators(this, "Operators", key),
      deadLetters: new DeadLetters(this, "DeadLetters", key),
      key,
      assets,
    };
    installation.operators.alarm(installation.deadLetters, "Undelivered", {
      meaning: "Something could not be delivered: an event, the start of a reconciliation, or a second look.",
      metric: installation.deadLetters.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
      }),
      threshold: 1,
    });
    const network = this.network(config);
    const administered = Object.values(config.databases).filter(hasAdmin);
    const used = new Set(administered.map((it) => it.engine));
    const engines = [...used].map((engine) => {
      const adminSecrets = this.adminSecrets(config, engine);
      return new EngineFunctions(this, { installation, engine, network, adminSecrets });
    });
    new ServiceSecrets(this, "ServiceSecrets", engines, Object.values(config.services));
    const workflows = new GrantWorkflows(this, "Workflows", installation, engines);
    const reconciler = new Reconciler(this, "Reconcile", installation, engines);
    new Sweeper(this, "Sweep", installation, engines, workflows);
    const byIam = Object.values(config.databases).filter((it) => it.resourceIds.length > 0);
    const iam = byIam.length > 0 ? new IamAccess(this, "Iam", installation, engines, byIam) : undefined;
    const isPolicyMode = byIam.some((it) => it.mode === "policy");
    const persons = isPolicyMode ? new PersonRoles(this, "Persons", installation, config) : undefined;
    for (const it of [workflows.beginGrant, workflows.beginRevoke, reconciler.reconcile]) persons?.open(it);
    const rotations = new RotationFunctions(this, "Rotation", installation, { config, network });
    reconciler.watch(engines, rotations);
    const fleet = new FleetRotation(this, "Fleet", installation, rotations);
    const policies = new PolicyScan(this, "PolicyScan", installation, { engines, iam });
    const connectRole = iam?.connectRole.roleArn;
    const backfill = new Backfill(this, "Backfill", installation, connectRole);
    const parts = { workflows, reconciler, iam, persons, rotations, fleet, policies, backfill };
    const { api } = new Api(this, "Api", installation, engines, parts);
    if (byIam.some((it) => it.proxy !== undefined)) {
      for (const it of [workflows.beginGrant, reconciler.reconcile, api]) it.allowResolveProxy();
    }
    // For the audit: when a password changed last, never what it is.
    const admins = [...used].flatMap((engine) => this.adminSecrets(config, engine));
    if (admins.length > 0) api.allow(["secretsmanager:DescribeSecret"], admins);
    const logged = Object.values(config.databases).filter((it) => it.logs.length > 0);
    if (logged.length > 0) {
      new LogCollector(this, "Logs", installation, logged);
      new UserWatch(this, "UserWatch", installation, { databases: logged, reconciler });
    }
    const tellsSessions = logged.filter((it) => it.logs.some((log) => log !== "iam-db-auth-error"));
    if (tellsSessions.length < administered.length) {
      new SessionSampler(this, "Sampler", installation, engines);
    }
    const archive = config.archive && new AuditArchive(this, "Archive", installation, config.archive);
    if (archive) {
      archive.openDigests(api);
      installation.store.grantVerify(api);
    }
    const outlet = new EventOutlet(this, "Events", installation, archive);
    new Collector(this, "Collector", installation, { config, connectRole });
    const sources = config.events.map((it) => it.source);
    if (sources.length > 0) new EventIntake(this, "Intake", installation, { workflows, sources });
    new CfnOutput(Stack.of(this), "OperatorsTopicArn", { value: installation.operators.topic.topicArn });
    new CfnOutput(Stack.of(this), "ApproversTopicArn", { value: outlet.approvers.topicArn });
    new DbleaseDashboard(this, "Dashboard", installation, { engines, workflows, outlet, api });
    rotations.schedule(new Configuration(this, "Configuration", installation, engines, config));
  }

  private network({ network }: Config): Network | undefined {
    if (network === undefined) return undefined;
    if (isFound(network)) return new Network(this, "Network", network);
    throw new DbleaseError("BAD_CONFIGURATION", "network: names by tags have not been looked up", {
      next: "give the construct a configuration that findNetwork has seen, or name ids",
    });
  }

  /** Secrets that an engine's functions may read. The deploy refuses `env:`, which only the local stack resolves. */
  private adminSecrets({ databases }: Config, engine: DatabaseConfig["engine"]): string[] {
    const its = Object.values(databases).filter((it) => it.engine === engine);
    const named = [...new Set(its.flatMap((it) => it.adminSecret ?? []))];
    const arns = named.filter((it) => it.startsWith("arn:"));
    if (arns.length < named.length) {
      Annotations.of(this).addWarningV2("dblease:env", "adminSecret: env:NAME works only with npm run local");
    }
    return arns;
  }
}
