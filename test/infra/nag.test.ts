/** The rules that AWS's own solutions are held to (cdk-nag, AwsSolutions): each is kept, or acknowledged with a reason. */
import { App, Stack, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, test } from "vitest";
import { addDblease, everything } from "./sample-stack.ts";

test("no finding, and no rule set aside without a reason", () => {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const dblease = addDblease(new Stack(app, "Dblease"), everything);
  expect(() => app.synth()).not.toThrow();
  const acknowledged = dblease.node
    .findAll()
    .flatMap((it) => it.node.metadata)
    .filter((it) => it.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap((it) => Object.values<string>(it.data));
  expect(acknowledged.length).toBeGreaterThan(20);
  expect(acknowledged.filter((reason) => reason.length < 20)).toEqual([]);
});
