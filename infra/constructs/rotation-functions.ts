import { CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Config } from "../../src/config.ts";
import { hasAdmin } from "../../src/has-admin.ts";
import { isEmulated } from "../emulated.ts";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import { Grace } from "./grace.ts";
import { iamAdminArns } from "./iam-access.ts";
import type { Network } from "./network.ts";
import { RotatedUser } from "./rotated-user.ts";

type Engine = Config["databases"][string]["engine"];

interface RotationProps {
  config: Config;
  network: Network | undefined;
}

/** `env:` is for the local stack alone, which puts an ARN in its place before it deploys. */
function real(secrets: readonly string[]): string[] {
  return [...new Set(secrets)].filter((it) => it.startsWith("arn:"));
}

function secretsManager(actions: readonly string[]): string[] {
  return actions.map((it) => `secretsmanager:${it}`);
}

/** One function for each engine that has rotations; Secrets Manager calls it, and nobody else may. */
export class RotationFunctions extends Construct {
  private readonly functions = new Map<Engine, DbleaseFunction>();
  private readonly config: Config;

  constructor(scope: Construct, id: string, installation: Installation, { config, network }: RotationProps) {
    super(scope, id);
    this.config = config;
    const all = Object.values(config.rotations);
    for (const engine of new Set(all.flatMap((it) => config.databases[it.database]?.engine ?? []))) {
      const name = `${engine.charAt(0).toUpperCase()}${engine.slice(1)}`;
      const ofEngine = all.filter((it) => config.databases[it.database]?.engine === engine);
      const rotate = new DbleaseFunction(this, name, installation, {
        file: `rotation-${engine}`,
        timeoutSeconds: 30,
        network,
      });
      rotate.live.addPermission("SecretsManager", {
        principal: new ServicePrincipal("secretsmanager.amazonaws.com"),
        sourceAccount: Stack.of(this).account,
      });
      const secrets = real(ofEngine.map((it) => it.secret));
      const actions = ["DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"];
      if (secrets.length > 0) rotate.allow(secretsManager(actions), secrets);
      // A user that changes its own password may have to log in with one before.
      const alone = ofEngine.filter((it) => !hasAdmin(config.databases[it.database] ?? {}));
      const their = real(alone.map((it) => it.secret));
      if (their.length > 0) rotate.allow(secretsManager(["ListSecretVersionIds"]), their);
      const databases = new Set(ofEngine.flatMap((it) => config.databases[it.database] ?? []));
      const admins = real([...databases].flatMap((it) => it.adminSecret ?? []));
      if (admins.length > 0) rotate.allow(secretsManager(["GetSecretValue"]), admins);
      const byIam = iamAdminArns(this, [...databases]);
      if (byIam.length > 0) rotate.allow(["rds-db:connect"], byIam);
      installation.store.grantRead(rotate);
      installation.store.grantPut(rotate, ["rotation", "rotated-user", "event#rotation#*"]);
      new CfnOutput(Stack.of(this), `${name}RotationFunctionArn`, { value: rotate.live.functionArn });
      installation.operators.alarm(rotate, "RotationFailed", {
        meaning:
          "A step of a password rotation failed; the application goes on with the password that it has.",
        metric: rotate.metric("Errors", { statistic: "Sum", period: Duration.minutes(5) }),
        threshold: 1,
      });
      this.functions.set(engine, rotate);
    }
    if (all.some((it) => it.grace !== undefined)) {
      new Grace(this, "Grace", installation, this.functions);
    }
  }

  /** None: no rotation is of this engine. */
  of(engine: Engine): DbleaseFunction[] {
    return [...this.functions].filter(([it]) => it === engine).map(([, it]) => it);
  }

  /** Lets a function ask how the rotations stand; it never sees a value. */
  openSchedules(to: DbleaseFunction): void {
    const secrets = real(Object.values(this.config.rotations).map((it) => it.secret));
    if (secrets.length > 0) to.allow(secretsManager(["DescribeSecret"]), secrets);
  }

  /** Lets a function begin runs and clear what a failed one left; it never sees a value. */
  open(to: DbleaseFunction): void {
    const secrets = real(Object.values(this.config.rotations).map((it) => it.secret));
    if (secrets.length === 0) return;
    to.allow(secretsManager(["DescribeSecret", "RotateSecret", "UpdateSecretVersionStage"]), secrets);
    // RotateSecret asks for it (Secrets Manager API reference).
    for (const it of this.functions.values()) it.grantInvoke(to);
  }

  /** Has Secrets Manager rotate by the configuration's schedules; after the configuration is in the table. */
  schedule(after: Construct): void {
    if (isEmulated(this)) return;
    // The schedules join these, and must not wait for each other.
    const applied = [...after.node.children];
    for (const [id, it] of Object.entries(this.config.rotations)) {
      const engine = this.config.databases[it.database]?.engine;
      const rotate = engine && this.functions.get(engine);
      if (rotate) new RotatedUser(after, `Schedule-${id}`, it, rotate).node.addDependency(...applied);
    }
  }
}
