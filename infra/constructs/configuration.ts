import { CustomResource } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { Config } from "../../src/config.ts";
import { DbleaseFunction, type Installation, iamArn } from "./dblease-function.ts";
import { EngineFunctions } from "./engine-functions.ts";

/** Writes dblease.yaml to the table on deploy, and refuses a deploy or a destroy that would strand a grant (dangers 15). */
export class Configuration extends Construct {
  constructor(
    scope: Construct,
    id: string,
    installation: Installation,
    engines: readonly EngineFunctions[],
    config: Config,
  ) {
    super(scope, id);
    const { store } = installation;
    const configure = new DbleaseFunction(this, "Configure", installation, {
      file: "configure",
      timeoutSeconds: 300,
    });
    store.grantRead(configure);
    store.grantQuery(configure);
    store.grantPut(configure, ["config", "rotation"]);
    store.grantQueryKeys(configure, ["rotation"]);
    store.grantUpdate(configure, ["database"]);
    configure.allowDescribe();
    configure.allow(
      ["iam:GetUser"],
      [iamArn(this, "user/*")],
      "Any user of the account may be a person of dblease.yaml.",
    );
    EngineFunctions.open(engines, "admin", configure);
    const applied = new CustomResource(this, "Default", {
      serviceToken: configure.live.functionArn,
      resourceType: "Custom::DbleaseConfiguration",
      properties: { config: JSON.stringify(config) },
    });
    // Applied last, so deleted first: a refused destroy leaves everything that ends the live grants in place.
    applied.node.addDependency(configure, ...scope.node.children.filter((it) => it !== this));
  }
}
