import { Stack } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { DatabaseConfig } from "../../src/config.ts";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import type { Network } from "./network.ts";

export interface EngineFunctionsProps {
  installation: Installation;
  engine: Engine;
  network: Network | undefined;
  /** ARNs of the admin logins of this engine's databases. */
  adminSecrets: string[];
}

type Engine = DatabaseConfig["engine"];

/** Engines that the workflows know. */
const runnable = ["postgres", "mysql", "mariadb", "sqlserver", "oracle"] as const satisfies readonly Engine[];

function titled(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

/** What speaks to the databases of one engine: three functions in the VPC, the only ones that read admin secrets. */
export class EngineFunctions extends Construct {
  readonly engine: Engine;
  readonly grant: DbleaseFunction;
  readonly revoke: DbleaseFunction;
  readonly admin: DbleaseFunction;

  constructor(scope: Construct, { installation, engine, network, adminSecrets }: EngineFunctionsProps) {
    super(scope, titled(engine));
    this.engine = engine;
    // Time-outs: see grant.asl.json and revoke.asl.json; revokers never wait for requesters (dangers 25).
    this.grant = new DbleaseFunction(this, "Grant", installation, {
      file: `${engine}-grant`,
      timeoutSeconds: 20,
      network,
    });
    this.revoke = new DbleaseFunction(this, "Revoke", installation, {
      file: `${engine}-revoke`,
      timeoutSeconds: 60,
      reservedConcurrency: 5,
      // The second look at a closed grant is called and not waited for.
      onFailure: installation.deadLetters,
      network,
    });
    this.admin = new DbleaseFunction(this, "Admin", installation, {
      file: `${engine}-admin`,
      timeoutSeconds: 60,
      network,
    });
    for (const it of [this.grant, this.revoke]) {
      installation.store.grantRead(it);
      installation.store.grantChange(it);
    }
    for (const it of [this.grant, this.revoke, this.admin]) {
      if (adminSecrets.length > 0) it.allow(["secretsmanager:GetSecretValue"], adminSecrets);
    }
  }

  /** Lets a function call these of all engines, and tells it their names: `ADMIN_FUNCTIONS`, JSON by engine. */
  static open(engines: readonly EngineFunctions[], kind: "revoke" | "admin", to: DbleaseFunction): void {
    for (const it of engines) it[kind].grantInvoke(to);
    const names = Object.fromEntries(engines.map((it) => [it.engine, it[kind].live.functionArn]));
    to.addEnvironment(`${kind}_functions`.toUpperCase(), Stack.of(to).toJsonString(names));
  }

  /** What a state machine looks an engine up in; one that no database has is never looked up. */
  static substitutions(
    engines: readonly EngineFunctions[],
    kind: "grant" | "revoke",
  ): Record<string, string> {
    const step = titled(kind);
    return Object.fromEntries(
      runnable.map((engine) => {
        const found = engines.find((it) => it.engine === engine);
        return [`${titled(engine)}${step}`, found?.[kind].live.functionArn ?? "none"];
      }),
    );
  }
}
