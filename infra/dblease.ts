import { Annotations, Fn, Stack } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { Config, DatabaseConfig } from "../src/config.ts";
import { Api } from "./constructs/api.ts";
import { Configuration } from "./constructs/configuration.ts";
import type { Installation } from "./constructs/dblease-function.ts";
import { EngineFunctions } from "./constructs/engine-functions.ts";
import { EventIntake } from "./constructs/event-intake.ts";
import { EventOutlet } from "./constructs/event-outlet.ts";
import { GrantWorkflows } from "./constructs/grant-workflows.ts";
import { GrantsTable } from "./constructs/grants-table.ts";
import { IamAccess } from "./constructs/iam-access.ts";
import { Network } from "./constructs/network.ts";
import { Reconciler } from "./constructs/reconciler.ts";
import { ServiceSecrets } from "./constructs/service-secrets.ts";
import { Sweeper } from "./constructs/sweeper.ts";

export interface DbleaseProps {
  config: Config;
  /** Folder of the bundle of one function, by the function's file name. */
  bundleOf: (file: string) => string;
}

/** Just-in-time access for the databases of one configuration, in one account and region. */
export class Dblease extends Construct {
  constructor(scope: Construct, id: string, { config, bundleOf }: DbleaseProps) {
    super(scope, id);
    const installation: Installation = {
      // The stack's own id.
      id: Fn.select(2, Fn.split("/", Stack.of(this).stackId)),
      store: new GrantsTable(this, "Grants"),
      bundleOf,
    };
    const network = config.network ? new Network(this, "Network", config.network) : undefined;
    const used = new Set(Object.values(config.databases).map((it) => it.engine));
    const engines = [...used].map((engine) => {
      const adminSecrets = this.adminSecrets(config, engine);
      return new EngineFunctions(this, { installation, engine, network, adminSecrets });
    });
    new ServiceSecrets(this, "ServiceSecrets", engines, Object.values(config.services));
    const workflows = new GrantWorkflows(this, "Workflows", installation, engines);
    const reconciler = new Reconciler(this, "Reconcile", installation, engines);
    new Sweeper(this, "Sweep", installation, engines, workflows);
    const byIam = Object.values(config.databases).filter((it) => it.adminUser !== undefined);
    const iam = byIam.length > 0 ? new IamAccess(this, "Iam", installation, engines, byIam) : undefined;
    new Api(this, "Api", installation, engines, { workflows, reconciler, iam });
    const { operators } = new EventOutlet(this, "Events", installation);
    const sources = config.events.map((it) => it.source);
    if (sources.length > 0) new EventIntake(this, "Intake", installation, { workflows, operators, sources });
    new Configuration(this, "Configuration", installation, engines, config);
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
