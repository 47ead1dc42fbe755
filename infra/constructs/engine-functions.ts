import { Construct } from "constructs";
import type { Config } from "../../src/config.ts";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import type { Network } from "./network.ts";

type Engine = Config["databases"][string]["engine"];

export interface EngineFunctionsProps {
  installation: Installation;
  engine: Engine;
  network: Network | undefined;
  /** ARNs of the admin logins of this engine's databases. */
  adminSecrets: string[];
}

/** What speaks to the databases of one engine: three functions in the VPC, the only ones that read admin secrets. */
export class EngineFunctions extends Construct {
  readonly engine: Engine;
  /** The engine as a part of names: `Postgres`. */
  readonly name: string;
  readonly grant: DbleaseFunction;
  readonly revoke: DbleaseFunction;
  readonly admin: DbleaseFunction;

  constructor(scope: Construct, { installation, engine, network, adminSecrets }: EngineFunctionsProps) {
    const name = `${engine.charAt(0).toUpperCase()}${engine.slice(1)}`;
    super(scope, name);
    this.engine = engine;
    this.name = name;
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

  /** Lets a function call one of these, and tells it the name: `POSTGRES_ADMIN`. */
  static open(engines: readonly EngineFunctions[], kind: "revoke" | "admin", to: DbleaseFunction): void {
    for (const it of engines) {
      it[kind].grantInvoke(to);
      to.addEnvironment(`${it.engine}_${kind}`.toUpperCase(), it[kind].functionName);
    }
  }
}
